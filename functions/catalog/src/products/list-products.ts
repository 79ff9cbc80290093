import { useCase } from "@eshop/building-blocks/app/use-case"
import { cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import { Product } from "@eshop/domain/catalog/product"
import * as z from "zod"
import type { Products } from "./ports.ts"

const cursor = cursorOf("products", Product.pick({ name: true, id: true }))

/** A page of products by name, the total over all pages, and where the next page begins. */
export const listProducts = useCase("catalog.list-products", {
  input: z.strictObject({
    category: z.string().min(1).max(100).optional().describe("Only products of this category"),
    limit: pageSize,
    cursor: cursor.schema.optional(),
  }),
  result: z.strictObject({
    items: z.array(Product),
    total: z.int().min(0),
    nextCursor: z.string().nullable(),
  }),
  handle:
    ({ products }: { products: Products }) =>
    async ({ category, limit, cursor: after }) => {
      const filter = category === undefined ? {} : { category }
      const [found, total] = await Promise.all([
        products.list({ ...filter, limit: limit + 1, ...(after && { after }) }),
        products.count(filter),
      ])
      const items = found.slice(0, limit)
      const last = items.at(-1)
      const more = found.length > limit && last
      return { items, total, nextCursor: more ? cursor.encode({ name: last.name, id: last.id }) : null }
    },
})
