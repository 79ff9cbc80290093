import { customerOf, useCase } from "@eshop/building-blocks/use-case"
import { z } from "zod"
import type { OrderViews, ViewCursor } from "./ports.ts"

const Cursor = z
  .string()
  .max(200)
  .transform((text, context): ViewCursor => {
    const [submittedAt, id] = Buffer.from(text, "base64url").toString().split(" ")
    const decoded = z.object({ submittedAt: z.iso.datetime(), id: z.uuid() }).safeParse({ submittedAt, id })
    if (decoded.success) return decoded.data
    context.addIssue("not a cursor that this list gave out")
    return z.NEVER
  })

export const ListOrders = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20).describe("Page size"),
  cursor: Cursor.optional().describe("`nextCursor` of the page before"),
})

/** The caller's orders, newest first, from the read model. */
export const listOrders = ({ views }: { views: OrderViews }) =>
  useCase("ordering.list-orders", ListOrders, async ({ limit, cursor }, call) => {
    const found = await views.list(customerOf(call), cursor, limit + 1)
    const items = found.slice(0, limit)
    const last = items.at(-1)
    const nextCursor =
      found.length > limit && last
        ? Buffer.from(`${last.submittedAt} ${last.id}`).toString("base64url")
        : null
    return { items, nextCursor }
  })
