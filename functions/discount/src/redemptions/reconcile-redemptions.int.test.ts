import type { Reply, Send } from "@eshop/building-blocks/app/testing/app-under-test"
import { newId } from "@eshop/building-blocks/ids"
import type { Redemption } from "@eshop/domain/contracts/redemptions"
import type { Cloud } from "@eshop/local-cloud/cloud"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { codeOf } from "../../../../tests/fixtures/http.ts"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import { discountOn, terms } from "../testing/discount.ts"

let cloud: Cloud
let shop: ReturnType<typeof discountOn>
let send: Send
let table: (typeof shop)["table"]

beforeAll(async () => {
  cloud = await startParts(["storage"])
  shop = discountOn(cloud.connections.storage)
  ;({ send, table } = shop)
})
afterAll(() => cloud?.stop())

const reserve = (orderId: string, couponCode: string) => send("PUT", `redemptions/${orderId}`, { couponCode })
const confirm = (orderId: string, couponCode?: string) =>
  send("POST", `redemptions/${orderId}/confirm`, { couponCode })
const release = (orderId: string, couponCode: string) =>
  send("DELETE", `redemptions/${orderId}?couponCode=${couponCode}`)
const reconcile = async (redemptions: Redemption[]) =>
  (await send("POST", "operations/redemptions/reconcile", { redemptions })).body
const addCoupon: (typeof shop)["addCoupon"] = (more) => shop.addCoupon(more)
const taken = (code: string) => shop.taken(code)
const statusOf = ({ body }: Reply) => body.status

describe("reconciled with what Ordering knows", () => {
  const known = (status: Redemption["status"], couponCode: string, orderId = newId()): Redemption => ({
    orderId,
    couponCode,
    status,
  })

  test("redemptions that were lost are back, beyond the limit too, and once more changes nothing", async () => {
    const code = await addCoupon({ maxRedemptions: 2 })
    const list = [
      known("reserved", code),
      known("confirmed", code),
      known("confirmed", code),
      known("released", code),
    ]
    expect(await reconcile(list)).toEqual({ changed: 4, unchanged: 0, refused: 0 })
    expect(await reconcile(list)).toEqual({ changed: 0, unchanged: 4, refused: 0 })
    expect(await taken(code)).toBe(3)
    expect(codeOf(await reserve(newId(), code))).toBe("coupon.exhausted")
    const [reserved, confirmed, , released] = list.map(({ orderId }) => orderId) as [
      string,
      string,
      string,
      string,
    ]
    expect(statusOf(await reserve(reserved, code))).toBe("reserved")
    expect(statusOf(await reserve(confirmed, code))).toBe("confirmed")
    expect(codeOf(await reserve(released, code))).toBe("redemption.released")
  })

  test("nothing is taken back: what has come further, or is not named, stays", async () => {
    const code = await addCoupon({ maxRedemptions: 10 })
    const [confirmed, released, unnamed] = [newId(), newId(), newId()]
    for (const orderId of [confirmed, released, unnamed]) await reserve(orderId, code)
    await confirm(confirmed)
    await release(released, code)
    expect(await reconcile([known("reserved", code, confirmed), known("confirmed", code, released)])).toEqual(
      {
        changed: 0,
        unchanged: 2,
        refused: 0,
      },
    )
    expect(statusOf(await reserve(confirmed, code))).toBe("confirmed")
    expect(codeOf(await reserve(released, code))).toBe("redemption.released")
    expect(await taken(code)).toBe(2)
  })

  test("an order of another or an unknown coupon is refused; what there never was is given back already", async () => {
    const [code, other] = [await addCoupon(), await addCoupon()]
    const orderId = newId()
    await reserve(orderId, code)
    expect(
      await reconcile([
        known("confirmed", other, orderId),
        known("confirmed", "NO-SUCH"),
        known("released", "NO-SUCH"),
      ]),
    ).toEqual({ changed: 0, unchanged: 1, refused: 2 })
    expect([await taken(code), await taken(other)]).toEqual([1, 0])
  })

  test("a count that does not agree with the redemptions is mended", async () => {
    const code = await addCoupon({ maxRedemptions: 2 })
    const orderId = newId()
    await reserve(orderId, code)
    await table.updateEntity({ partitionKey: code, rowKey: "use", taken: 2 }, "Replace")
    expect(codeOf(await reserve(newId(), code))).toBe("coupon.exhausted")
    expect(await reconcile([known("reserved", code, orderId)])).toEqual({
      changed: 0,
      unchanged: 1,
      refused: 0,
    })
    expect(await taken(code)).toBe(1)
    await table.deleteEntity(code, "use")
    await reconcile([known("reserved", code, orderId)])
    expect(await taken(code)).toBe(1)
  })

  test("after the emulator was killed every order has its use again, and no other gets one", async () => {
    const limited = { code: "KILLED", maxRedemptions: 12, stacking: { ...terms().stacking } }
    const orders = Array.from({ length: 12 }, () => known("confirmed", limited.code))
    await addCoupon(limited)
    const answers = await Promise.all(orders.map(({ orderId }) => reserve(orderId, limited.code)))
    expect(answers.map(statusOf)).toEqual(Array(12).fill("reserved"))
    cloud.part("storage").kill("SIGKILL")
    await cloud.part("storage").whenReady()
    // The coupon may be lost as well, and the table itself.
    await expect.poll(() => addCoupon(limited).catch(() => undefined), { timeout: 10_000 }).toBe(limited.code)
    expect(await reconcile(orders)).toEqual({ changed: 12, unchanged: 0, refused: 0 })
    expect(await taken(limited.code)).toBe(12)
    expect(codeOf(await reserve(newId(), limited.code))).toBe("coupon.exhausted")
    expect(await reconcile(orders)).toEqual({ changed: 0, unchanged: 12, refused: 0 })
  })

  test("whatever orders do at the same time, the count is what is reserved", async () => {
    const action = fc.constantFrom("reserve", "confirm", "release", "reserved", "confirmed", "released")
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat(3), action), { maxLength: 16 }), async (steps) => {
        const code = await addCoupon({ maxRedemptions: 100 })
        const orders = Array.from({ length: 4 }, newId)
        await Promise.all(
          steps.map(([index, action]) => {
            const orderId = orders[index] as string
            if (action === "reserve") return reserve(orderId, code)
            if (action === "confirm") return confirm(orderId, code)
            if (action === "release") return release(orderId, code)
            return reconcile([known(action as Redemption["status"], code, orderId)])
          }),
        )
        const states = await Promise.all(
          orders.map(async (orderId) => {
            const found = await table
              .getEntity<{ status: string }>(code, `order-${orderId}`)
              .catch(() => undefined)
            return found?.status
          }),
        )
        expect(await taken(code)).toBe(states.filter((s) => s === "reserved" || s === "confirmed").length)
        for (const [index, action] of steps)
          if (action === "release" || action === "released") expect(states[index]).toBe("released")
      }),
      { numRuns: 15 },
    )
  })
})
