import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { isSame } from "../kernel/same.ts"
import type { Order } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"

export type SubmitOrder = OrderEventOf<"OrderSubmitted">["data"]

export const orderOtherCheckout = defineRefusal(
  "order.other-checkout",
  "conflict",
  "The order was submitted with another content.",
)

const CONTENT = [
  "customerId",
  "lines",
  "subtotal",
  "discount",
  "shipping",
  "tax",
  "total",
  "couponCodes",
  "discountUnavailable",
  "holdId",
] as const

/**
 * The order begins and asks for its stock. Said twice it is one order; the commitment to the personal data (whose salt
 * is new each time) and the payment method (which an order that is paid has no longer) may differ.
 */
export function submitOrder(
  order: Order | undefined,
  command: SubmitOrder,
  now: Date,
): OrderEvent[] | RefusalOf<[typeof orderOtherCheckout]> {
  if (!order) return [orderEvent("OrderSubmitted", now, command), orderEvent("StockRequested", now, {})]
  return CONTENT.every((member) => isSame(order[member], command[member])) ? [] : orderOtherCheckout()
}
