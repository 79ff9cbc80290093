import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import type { Order } from "@eshop/domain/ordering/order"
import { expect, test } from "vitest"
import { paymentCaptured } from "./payment.ts"
import { PAYMENT_ID } from "./testing/world.ts"

const orderId = newId()
const captured = { amount: 30_00, currency: "USD" } as const
const call: Call = {
  now: new Date(),
  newId,
  caller: { kind: "system", id: "checkout" },
  transact: (work) => work({} as Tx),
}

/** Takes the money while the provider is out, of an order that stands so. */
const capture = (order: Partial<Order>) => {
  const ports = {
    payments: { capture: () => Promise.reject(new DependencyUnavailableError("payments")) },
    orders: { find: async () => ({ order, version: 3 }) },
  }
  return paymentCaptured.run(ports as never)({ orderId, paymentId: PAYMENT_ID, captured } as never, call)
}
const paidBy = (paymentId: string) => ({ id: orderId, status: "Paid", payment: { paymentId } }) as Order

test("an order that an attempt has marked, whose answer was lost, stays paid while the provider is out", async () => {
  expect(await capture(paidBy(PAYMENT_ID))).toEqual({ type: "paid" })
})

test("one that is not paid, or by another payment, waits for the provider", async () => {
  await expect(capture({ status: "AwaitingPayment" })).rejects.toThrow("payments")
  await expect(capture(paidBy("pi_other"))).rejects.toThrow("payments")
})
