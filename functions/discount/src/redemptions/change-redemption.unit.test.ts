import type { Redemption } from "@eshop/domain/contracts/redemptions"
import type { Coupon } from "@eshop/domain/discount/coupon"
import { expect, test } from "vitest"
import { changeRedemption } from "./change-redemption.ts"
import type { Redemptions } from "./ports.ts"

const coupon: Coupon = { code: "A-1", description: "test", reward: { kind: "percent", percent: 10 } }
const reserved: Redemption = { orderId: "order", couponCode: "A-1", status: "reserved" }

/** A store whose first `overtaken` writes lose to somebody else's. */
function storeThatLoses(overtaken: number) {
  const seen = { reads: 0, writes: 0 }
  const redemptions: Redemptions = {
    bind: async (_, code) => code,
    couponOf: async () => undefined,
    async read() {
      seen.reads++
      return { existing: undefined, use: { taken: seen.reads }, etags: {} }
    },
    async write() {
      return ++seen.writes > overtaken
    },
    recount: async () => true,
  }
  return { seen, redemptions }
}

test("a write that was overtaken is decided anew on what is there now", async () => {
  const { seen, redemptions } = storeThatLoses(2)
  const counts: number[] = []
  const result = await changeRedemption(redemptions, coupon, "order", new Date(), ({ use }) => {
    counts.push(use.taken)
    return reserved
  })
  expect(result).toEqual(reserved)
  expect(counts).toEqual([1, 2, 3])
  expect(seen).toEqual({ reads: 3, writes: 3 })
})

test("a decision that changes nothing writes nothing", async () => {
  const { seen, redemptions } = storeThatLoses(0)
  const found = { ...redemptions, read: async () => ({ existing: reserved, use: { taken: 1 }, etags: {} }) }
  expect(
    await changeRedemption(found, coupon, "order", new Date(), ({ existing }) => existing as Redemption),
  ).toBe(reserved)
  expect(seen.writes).toBe(0)
})
