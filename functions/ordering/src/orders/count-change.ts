import { count } from "@eshop/building-blocks/telemetry/metrics"
import type { Order } from "@eshop/domain/ordering/order"
import type { OrderEvent } from "@eshop/domain/ordering/order-events"

/** One event of an order, with the order before and after it. */
export type OrderChange = {
  readonly event: OrderEvent
  readonly before: Order | undefined
  readonly after: Order
}

/** Counts what a committed change means to the business: states that orders came into, money taken and given back. */
export function countChange({ event, before, after }: OrderChange): void {
  if (after.status !== before?.status)
    count("eshop.orders", 1, {
      "eshop.order.status": after.status,
      ...(event.type === "OrderCancelled" && { "eshop.reason": event.data.code }),
    })
  if (event.type === "OrderPaid") {
    const { amount, currency } = event.data.captured
    count("eshop.revenue", amount, { "eshop.currency": currency })
  }
  if (event.type === "OrderRefunded") {
    const { amount, currency } = event.data.amount
    count("eshop.refunds", amount, { "eshop.currency": currency })
  }
}
