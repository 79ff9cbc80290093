import type { RefusalOf } from "../kernel/refusal.ts"
import { leftOf, refundRequested } from "./give-back.ts"
import { isPaid, isSent, type Order } from "./order.ts"
import { type CancelReason, type OrderEvent, orderEvent } from "./order-events.ts"
import { orderUnknown, orderWrongState } from "./order-refusals.ts"

export type CancelOrder = { readonly reason: CancelReason }

/**
 * Ends an order of which nothing was shipped; whatever is left of its payment goes back, by a refund with the order's
 * id. Said again for the same reason it is no news.
 */
export function cancelOrder(
  order: Order | undefined,
  { reason }: CancelOrder,
  now: Date,
): OrderEvent[] | RefusalOf<[typeof orderUnknown, typeof orderWrongState]> {
  if (!order) return orderUnknown()
  if (order.status === "Cancelled" && order.reason.code === reason.code) return []
  if (order.status === "Cancelled" || isSent(order))
    return orderWrongState({ status: order.status, step: "cancel" })
  const refund = isPaid(order)
    ? refundRequested(now, { refundId: order.id, amount: leftOf(order.payment), reason: reason.code })
    : []
  return [orderEvent("OrderCancelled", now, reason), ...refund]
}
