import { z } from "zod"
import { CustomerId, OrderId, ProductId, Quantity } from "../ids.ts"
import { Money } from "../money.ts"
import { defineEvent } from "./define-event.ts"

const from = { source: "/eshop/ordering", topic: "ordering-events" }

/** An order wants its stock: Catalog answers with StockReserved or StockRejected. */
export const OrderCreated = defineEvent({
  ...from,
  type: "eshop.ordering.order-created.v1",
  data: z.object({
    orderId: OrderId,
    customerId: CustomerId,
    lines: z
      .array(z.object({ productId: ProductId, quantity: Quantity }))
      .min(1)
      .max(100),
  }),
})

/** The money is captured: reserved stock becomes sold. */
export const OrderPaid = defineEvent({
  ...from,
  type: "eshop.ordering.order-paid.v1",
  data: z.object({ orderId: OrderId, customerId: CustomerId, total: Money }),
})

/** The order ended before shipping: whatever was reserved for it is free again. */
export const OrderCancelled = defineEvent({
  ...from,
  type: "eshop.ordering.order-cancelled.v1",
  data: z.object({ orderId: OrderId, customerId: CustomerId, reason: z.string() }),
})
