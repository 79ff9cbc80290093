import type { Coupon } from "@eshop/domain/discount/coupon"
import { expect, test } from "vitest"
import { cachedCoupons } from "./cached-coupons.ts"

const coupon: Coupon = { code: "A-1", description: "test", reward: { kind: "percent", percent: 10 } }

function setUp() {
  const asked: string[] = []
  const state = { now: 0, fails: false }
  const coupons = cachedCoupons(
    {
      async find(code) {
        asked.push(code)
        if (state.fails) throw new Error("out")
        return code === coupon.code ? coupon : undefined
      },
      addMissing: async () => 1,
    },
    5_000,
    () => state.now,
  )
  return { asked, state, coupons }
}

test("a coupon, and that there is none, is asked for once in the given time", async () => {
  const { asked, state, coupons } = setUp()
  expect(await Promise.all([coupons.find("A-1"), coupons.find("A-1")])).toEqual([coupon, coupon])
  expect(await coupons.find("B-2")).toBeUndefined()
  state.now = 4_999
  expect([await coupons.find("A-1"), await coupons.find("B-2")]).toEqual([coupon, undefined])
  expect(asked).toEqual(["A-1", "B-2"])
  state.now = 5_000
  await coupons.find("A-1")
  expect(asked).toEqual(["A-1", "B-2", "A-1"])
})

test("a failure is not remembered", async () => {
  const { asked, state, coupons } = setUp()
  state.fails = true
  await expect(coupons.find("A-1")).rejects.toThrow("out")
  state.fails = false
  expect(await coupons.find("A-1")).toEqual(coupon)
  expect(asked).toHaveLength(2)
})

test("added coupons are seen at once", async () => {
  const { asked, coupons } = setUp()
  await coupons.find("B-2")
  await coupons.addMissing([coupon])
  await coupons.find("B-2")
  expect(asked).toEqual(["B-2", "B-2"])
})

test("codes that nobody has do not fill the memory: the oldest of 1,000 makes room", async () => {
  const { asked, coupons } = setUp()
  for (let index = 0; index <= 1_000; index++) await coupons.find(`X-${index}`)
  await coupons.find("X-1")
  expect(asked).toHaveLength(1_001)
  await coupons.find("X-0")
  expect(asked).toHaveLength(1_002)
})
