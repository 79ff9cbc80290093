import type { RefusalOf } from "../kernel/refusal.ts"
import type { Order } from "./order.ts"
import { type OrderEvent, orderEvent } from "./order-events.ts"
import { orderUnknown, orderWrongState } from "./order-refusals.ts"

/** The stock is set aside: the order awaits its payment. */
export function confirmStock(
  order: Order | undefined,
  _command: Record<never, never>,
  now: Date,
): OrderEvent[] | RefusalOf<[typeof orderUnknown, typeof orderWrongState]> {
  if (!order) return orderUnknown()
  if (order.status === "AwaitingStock") return [orderEvent("StockConfirmed", now, {})]
  if (order.status === "AwaitingPayment") return []
  return orderWrongState({ status: order.status, step: "confirm-stock" })
}
