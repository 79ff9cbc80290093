import type { RefusalOf } from "../kernel/refusal.ts"
import type { Order } from "./order.ts"
import { type OrderEvent, orderEvent } from "./order-events.ts"
import { orderUnknown, orderWrongState } from "./order-refusals.ts"

/** Nothing more is expected of a delivered order; a refund is still possible. */
export function closeOrder(
  order: Order | undefined,
  _command: Record<never, never>,
  now: Date,
): OrderEvent[] | RefusalOf<[typeof orderUnknown, typeof orderWrongState]> {
  if (!order) return orderUnknown()
  if (order.status === "Delivered") return [orderEvent("OrderClosed", now, {})]
  if (order.status === "Closed") return []
  return orderWrongState({ status: order.status, step: "close" })
}
