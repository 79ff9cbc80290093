import type { RefusalOf } from "../kernel/refusal.ts"
import type { Order } from "./order.ts"
import { type CancelReason, type OrderEvent, orderEvent } from "./order-events.ts"
import { orderUnknown, orderWrongState } from "./order-refusals.ts"

export type CancelOrder = { readonly reason: CancelReason }

/** Ends an order of which nothing was shipped. Said again for the same reason it is no news. */
export function cancelOrder(
  order: Order | undefined,
  { reason }: CancelOrder,
  now: Date,
): OrderEvent[] | RefusalOf<[typeof orderUnknown, typeof orderWrongState]> {
  if (!order) return orderUnknown()
  if (order.status === "Cancelled" && order.reason.code === reason.code) return []
  if (order.status === "Cancelled" || "shipments" in order)
    return orderWrongState({ status: order.status, step: "cancel" })
  return [orderEvent("OrderCancelled", now, reason)]
}
