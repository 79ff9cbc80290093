import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { message, type Outbox, type OutboxMessage } from "@eshop/building-blocks/messaging/outbox"
import { OrderCancelled, OrderCreated, OrderPaid } from "@eshop/domain/contracts/ordering-events"
import { mergeLines } from "@eshop/domain/contracts/stock-lines"
import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import { evolve, type Order } from "@eshop/domain/ordering/order"
import type { OrderEvent } from "@eshop/domain/ordering/order-events"
import type { Orders } from "./ports.ts"

export type OrderPorts = { readonly orders: Orders; readonly outbox: Outbox }

/** What other contexts hear of a stored event; most stay inside. */
function announcement(event: OrderEvent, order: Order, call: Call): OutboxMessage[] {
  const { id: orderId, customerId } = order
  const lines = mergeLines(order.lines)
  switch (event.type) {
    case "StockRequested": {
      const hold = order.holdId === undefined ? {} : { holdId: order.holdId }
      return [message(OrderCreated, orderId, { orderId, customerId, lines, ...hold }, call)]
    }
    case "OrderPaid":
      return [message(OrderPaid, orderId, { orderId, customerId, total: order.total, lines }, call)]
    case "OrderCancelled":
      return [message(OrderCancelled, orderId, { orderId, customerId, reason: event.data.code }, call)]
    default:
      return []
  }
}

/**
 * The one way to change an order: lock, decide, append the events, the state and the announcements in one
 * transaction. Repeating a command that was done changes nothing and returns the order as it is.
 * @param decide a command of the domain
 */
export async function changeOrder<R extends Refusal>(
  { orders, outbox }: OrderPorts,
  tx: Tx,
  orderId: string,
  decide: (order: Order | undefined) => OrderEvent[] | R | Promise<OrderEvent[] | R>,
  call: Call,
): Promise<Order | R> {
  const stored = await orders.lock(tx, orderId)
  const decided = await decide(stored?.order)
  if (isRefusal(decided)) return decided as R
  const events = decided as OrderEvent[]
  const order = events.reduce<Order | undefined>(evolve, stored?.order)
  if (!order) throw new Error("the command made no order")
  if (events.length === 0) return order
  await orders.append(tx, orderId, stored?.version ?? 0, events, order)
  await outbox.add(
    tx,
    events.flatMap((event) => announcement(event, order, call)),
  )
  return order
}
