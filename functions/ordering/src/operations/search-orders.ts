import { useCase } from "@eshop/building-blocks/app/use-case"
import { CursorInstant, cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import { OrderStatus } from "@eshop/domain/contracts/ordering-events"
import { CustomerId, OrderId, Sku } from "@eshop/domain/kernel/ids"
import { AttentionReason, attentionOf } from "@eshop/domain/ordering/attention"
import type { Order } from "@eshop/domain/ordering/order"
import { OrderNumber } from "@eshop/domain/ordering/order-number"
import * as z from "zod"
import { listed } from "../orders/list-orders.ts"
import { OrderView, viewOf } from "../orders/order-views.ts"
import type { OrderFilter, Orders } from "../orders/ports.ts"

const cursor = cursorOf("all-orders", z.strictObject({ submittedAt: CursorInstant, id: OrderId }))

/** An order as operators find it. */
export const FoundOrder = OrderView.extend({
  needsAttention: z.array(AttentionReason).describe("What waits for a person's decision"),
})

export const foundOf = (order: Order): z.input<typeof FoundOrder> => ({
  ...viewOf(order),
  needsAttention: attentionOf(order),
})

const page = { limit: pageSize, cursor: cursor.schema.optional() }
const FoundOrders = z.strictObject({ items: z.array(FoundOrder), nextCursor: z.string().nullable() })

type Page = z.output<z.ZodObject<typeof page>>

async function find(
  orders: Orders,
  { limit, cursor: after, ...filter }: Page & OrderFilter,
): Promise<z.input<typeof FoundOrders>> {
  const found = await orders.search(filter, after, limit + 1)
  const shown = found.slice(0, limit)
  const last = shown.at(-1)?.order
  const more = found.length > limit && last
  return {
    items: shown.map(({ order }) => foundOf(order)),
    nextCursor: more ? cursor.encode({ submittedAt: last.submittedAt, id: last.id }) : null,
  }
}

/** Every customer's orders, newest first, as they are stored at this moment; each filter narrows the others. */
export const searchOrders = useCase("ordering.search-orders", {
  input: z.strictObject({
    ...listed,
    customerId: CustomerId.optional(),
    number: OrderNumber.optional(),
    sku: Sku.optional(),
    needsAttention: z.stringbool({ truthy: ["true"], falsy: ["false"], case: "sensitive" }).optional(),
    ...page,
  }),
  result: FoundOrders,
  handle:
    ({ orders }: { orders: Orders }) =>
    (input) =>
      find(orders, input),
})

/** The orders that the warehouse works on, newest first: what is to leave, or has left and not arrived. */
export const listOrdersToShip = useCase("ordering.list-orders-to-ship", {
  input: z.strictObject({
    status: OrderStatus.extract(["Paid", "PartiallyShipped", "Shipped"]).default("Paid"),
    ...page,
  }),
  result: FoundOrders,
  handle:
    ({ orders }: { orders: Orders }) =>
    (input) =>
      find(orders, input),
})
