import { customerOf } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { CursorInstant, cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import { OrderStatus } from "@eshop/domain/contracts/ordering-events"
import { OrderId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import { OrderView } from "./order-views.ts"
import type { OrderViews } from "./ports.ts"

const cursor = cursorOf("orders", z.strictObject({ submittedAt: CursorInstant, id: OrderId }))

/** By what both lists of orders are narrowed. */
export const listed = {
  status: OrderStatus.optional(),
  from: CursorInstant.optional().describe("Submitted at this instant or later"),
  before: CursorInstant.optional().describe("Submitted before this instant"),
}

/** The caller's orders, newest first, from the read model. */
export const listOrders = useCase("ordering.list-orders", {
  input: z.strictObject({ ...listed, limit: pageSize, cursor: cursor.schema.optional() }),
  result: z.strictObject({ items: z.array(OrderView), nextCursor: z.string().nullable() }),
  handle:
    ({ views }: { views: OrderViews }) =>
    async ({ limit, cursor: after, ...filter }, call) => {
      const found = await views.list(customerOf(call), filter, after, limit + 1)
      const items = found.slice(0, limit)
      const last = items.at(-1)
      const more = found.length > limit && last
      return {
        items,
        nextCursor: more ? cursor.encode({ submittedAt: last.submittedAt, id: last.id }) : null,
      }
    },
})
