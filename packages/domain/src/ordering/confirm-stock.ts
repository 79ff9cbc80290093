import type { RefusalOf } from "../kernel/refusal.ts"
import type { Order } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"
import { orderUnknown, orderWrongState } from "./order-refusals.ts"

export type ConfirmStock = OrderEventOf<"StockConfirmed">["data"]

/** The stock is set aside: the order awaits its payment. */
export function confirmStock(
  order: Order | undefined,
  command: ConfirmStock,
  now: Date,
): OrderEvent[] | RefusalOf<[typeof orderUnknown, typeof orderWrongState]> {
  if (!order) return orderUnknown()
  if (order.status === "AwaitingStock") return [orderEvent("StockConfirmed", now, command)]
  if (order.status === "AwaitingPayment") return []
  return orderWrongState({ status: order.status, step: "confirm-stock" })
}
