import type { Call } from "@eshop/building-blocks/app/call"
import { message, type OutboxMessage } from "@eshop/building-blocks/messaging/outbox"
import * as contracts from "@eshop/domain/contracts/ordering-events"
import { mergeLines } from "@eshop/domain/contracts/stock-lines"
import { isSent, type Order } from "@eshop/domain/ordering/order"
import type { OrderEvent } from "@eshop/domain/ordering/order-events"

type Meta = Pick<Call, "now" | "newId">

/**
 * What other contexts, and Ordering itself, hear of a change: what happened, and then how the order stands, where that
 * is new.
 * @param before the order without the event; undefined when it began with it
 * @param after the order with the event
 */
export function announcementsOf(
  event: OrderEvent,
  before: Order | undefined,
  after: Order,
  meta: Meta,
): OutboxMessage[] {
  const ids = { orderId: after.id, customerId: after.customerId }
  const announced = announcementOf(event, after, meta)
  if (!before || before.status === after.status) return announced
  const status = { ...ids, from: before.status, to: after.status }
  return [
    ...announced,
    ...(after.status === "Delivered" ? [message(contracts.OrderDelivered, after.id, ids, meta)] : []),
    message(contracts.OrderStatusChanged, after.id, status, meta),
  ]
}

/** What happened, in the words of the contract; some of it stays inside. */
function announcementOf(event: OrderEvent, order: Order, meta: Meta): OutboxMessage[] {
  const { id: orderId, customerId } = order
  const ids = { orderId, customerId }
  switch (event.type) {
    case "StockRequested": {
      const hold = order.holdId === undefined ? {} : { holdId: order.holdId }
      const data = { ...ids, lines: mergeLines(order.lines), ...hold }
      return [message(contracts.OrderCreated, orderId, data, meta)]
    }
    case "OrderPaid": {
      const data = { ...ids, total: order.total, lines: mergeLines(order.lines) }
      return [message(contracts.OrderPaid, orderId, data, meta)]
    }
    case "OrderShipped":
      return [message(contracts.OrderShipped, orderId, { ...ids, ...event.data }, meta)]
    case "OrderCancelled":
      return [message(contracts.OrderCancelled, orderId, { ...ids, reason: event.data.code }, meta)]
    case "OrderLinesCancelled": {
      const { lines, reason } = event.data
      return [message(contracts.OrderLinesCancelled, orderId, { ...ids, lines, reason: reason.code }, meta)]
    }
    case "ReturnAccepted": {
      const { returnId } = event.data
      const accepted = isSent(order) && order.returns.find((one) => one.returnId === returnId)
      if (!accepted) return []
      const { lines, reason } = accepted
      return [message(contracts.OrderReturned, orderId, { ...ids, returnId, lines, reason }, meta)]
    }
    case "RefundRequested":
      return [message(contracts.RefundRequested, orderId, { ...ids, ...event.data }, meta)]
    case "OrderRefunded": {
      const { refundId, amount, reason } = event.data
      return [message(contracts.OrderRefunded, orderId, { ...ids, refundId, amount, reason }, meta)]
    }
    default:
      return []
  }
}
