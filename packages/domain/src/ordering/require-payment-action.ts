import type { RefusalOf } from "../kernel/refusal.ts"
import { isSame } from "../kernel/same.ts"
import type { Order } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"
import { orderUnknown, orderWrongState } from "./order-refusals.ts"

export type RequirePaymentAction = OrderEventOf<"PaymentActionRequired">["data"]

/** The provider wants the payment's holder to confirm it, at a page of its own. Another page takes the place of the first. */
export function requirePaymentAction(
  order: Order | undefined,
  command: RequirePaymentAction,
  now: Date,
): OrderEvent[] | RefusalOf<[typeof orderUnknown, typeof orderWrongState]> {
  if (!order) return orderUnknown()
  if (order.status !== "AwaitingPayment")
    return orderWrongState({ status: order.status, step: "require-payment-action" })
  return isSame(order.paymentAction, command) ? [] : [orderEvent("PaymentActionRequired", now, command)]
}
