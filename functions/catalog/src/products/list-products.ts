import { useCase } from "@eshop/building-blocks/use-case"
import { z } from "zod"
import type { Products } from "./ports.ts"

const Cursor = z
  .string()
  .max(600)
  .transform((text, context) => {
    const decoded = Position.safeParse(parseJson(Buffer.from(text, "base64url").toString()))
    if (decoded.success) return decoded.data
    context.addIssue("not a cursor that this list gave out")
    return z.NEVER
  })
const Position = z.object({ name: z.string(), id: z.uuid() })

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const ListProducts = z.strictObject({
  category: z.string().min(1).max(100).optional().describe("Only products of this category"),
  limit: z.coerce.number().int().min(1).max(100).default(20).describe("Page size"),
  cursor: Cursor.optional().describe("`nextCursor` of the page before"),
})

/** A page of products by name. @returns the page, the total over all pages and where the next page begins */
export const listProducts = ({ products }: { products: Products }) =>
  useCase("catalog.list-products", ListProducts, async ({ category, limit, cursor }) => {
    const filter = category === undefined ? {} : { category }
    const [found, total] = await Promise.all([
      products.list({ ...filter, limit: limit + 1, ...(cursor && { after: cursor }) }),
      products.count(filter),
    ])
    const items = found.slice(0, limit)
    const last = items.at(-1)
    const nextCursor =
      found.length > limit && last
        ? Buffer.from(JSON.stringify({ name: last.name, id: last.id })).toString("base64url")
        : null
    return { items, total, nextCursor }
  })
