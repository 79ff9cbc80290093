import type { Outbox, OutboxMessage } from "@eshop/building-blocks/messaging/outbox"
import { message } from "@eshop/building-blocks/messaging/outbox"
import type { CallContext, Tx } from "@eshop/building-blocks/use-case"
import { OrderCancelled, OrderCreated, OrderPaid } from "@eshop/domain/events/ordering-events"
import { decide, evolve, type Order, type OrderCommand, type OrderEvent } from "@eshop/domain/ordering/order"
import { isRefusal, type Refusal } from "@eshop/domain/refusal"
import type { Orders } from "./ports.ts"

export type OrderPorts = { readonly orders: Orders; readonly outbox: Outbox }

/** What other contexts hear of a domain event; most stay inside. */
function announcement(event: OrderEvent, order: Order, call: CallContext): OutboxMessage[] {
  const { id: orderId, customerId } = order
  switch (event.type) {
    case "StockRequested": {
      const lines = order.lines.map(({ productId, quantity }) => ({ productId, quantity }))
      return [message(OrderCreated, orderId, { orderId, customerId, lines }, call)]
    }
    case "OrderPaid":
      return [message(OrderPaid, orderId, { orderId, customerId, total: order.total }, call)]
    case "OrderCancelled":
      return [message(OrderCancelled, orderId, { orderId, customerId, reason: event.data.code }, call)]
    default:
      return []
  }
}

/**
 * The one way to change an order: lock, decide, append the events, the state and the announcements in one
 * transaction. Repeating a command that was done changes nothing and returns the order as it is.
 */
export async function changeOrder(
  { orders, outbox }: OrderPorts,
  tx: Tx,
  orderId: string,
  command: OrderCommand,
  call: CallContext,
): Promise<Order | Refusal> {
  const stored = await orders.lock(tx, orderId)
  const events = decide(stored?.order, command, call.now)
  if (isRefusal(events)) return events
  const order = events.reduce<Order | undefined>(evolve, stored?.order)
  if (!order) throw new Error(`the command '${command.type}' made no order`)
  if (events.length > 0) {
    await orders.append(tx, orderId, stored?.version ?? 0, events, order)
    await outbox.add(
      tx,
      events.flatMap((event) => announcement(event, order, call)),
    )
  }
  return order
}
