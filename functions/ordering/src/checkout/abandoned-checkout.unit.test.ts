import { playSaga } from "@eshop/building-blocks/durable/testing/play-saga"
import type { Order } from "@eshop/domain/ordering/order"
import { orderId } from "@eshop/domain/ordering/testing/given"
import { expect, test } from "vitest"
import { abandonedCheckout } from "./abandoned-checkout.ts"
import { type Fault, type Scenario, smooth, worldOf } from "./testing/world.ts"

async function play(
  state: object,
  options: { scenario?: Partial<Scenario>; faults?: readonly Fault[]; captured?: number } = {},
) {
  const world = worldOf({ ...smooth, ...options.scenario })
  Object.assign(world.stored.order as Order, state)
  Object.assign(world.payment, { made: 1, authorised: true, captured: options.captured ?? 0 })
  Object.assign(world.coupon, { taken: true })
  const actors = world.actors(abandonedCheckout, options.faults)
  const { state: ended, calls } = await playSaga(abandonedCheckout, { orderId }, { actors })
  return { world, ended, activities: calls.map(({ activity }) => activity) }
}

const all = ["read-order", "undo-payment", "release-coupon", "cancel-order", "note-attention"]

test.each([
  ["authorised", 0],
  ["captured", 30_00],
])("what an order may hold goes back: its payment was %s", async (_, captured) => {
  const { world, ended, activities } = await play({ status: "AwaitingPayment" }, { captured })
  expect([ended, activities]).toEqual(["Cancelled", all])
  expect(world.payment).toMatchObject({ made: 1, authorised: false, captured, refunded: captured })
  expect(world.undone).toEqual([undefined])
  expect(world.coupon).toEqual({ taken: false, confirmed: false, released: true })
  expect(world.stored.order).toMatchObject({
    status: "Cancelled",
    reason: { code: "checkout.abandoned", detail: expect.stringContaining("interrupted") },
  })
  expect(world.announced).toEqual(["eshop.ordering.order-cancelled.v1"])
})

test("an order that still waits for its stock has neither payment nor coupon", async () => {
  const { ended, activities } = await play({ status: "AwaitingStock" })
  expect([ended, activities]).toEqual(["Cancelled", ["read-order", "cancel-order", "note-attention"]])
})

test("a free order has no payment", async () => {
  const { activities } = await play({ status: "AwaitingPayment" }, { scenario: { free: true } })
  expect(activities).toEqual(["read-order", "release-coupon", "cancel-order", "note-attention"])
})

test("an order that was paid meanwhile is left alone", async () => {
  const { ended, activities } = await play({ status: "Paid", paymentMethod: undefined })
  expect([ended, activities]).toEqual(["Paid", ["read-order"]])
})

test("it goes on until everything is given back, whatever fails", async () => {
  const faults = Array.from(
    { length: 12 },
    (_, index): Fault => (index % 2 === 0 ? "failed-after" : "unavailable"),
  )
  const { world, ended } = await play({ status: "AwaitingPayment" }, { faults, captured: 30_00 })
  expect(ended).toBe("Cancelled")
  expect(world.payment.refunded).toBe(30_00)
  expect(world.coupon.taken).toBe(false)
})
