import { hasRole } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import { ProductCard } from "@eshop/domain/catalog/card"
import { ProductStatus } from "@eshop/domain/catalog/product"
import { CategoryId, ProductId } from "@eshop/domain/kernel/ids"
import { DEFAULT_LANGUAGE, Language } from "@eshop/domain/kernel/localised-text"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { CATALOG_WRITE } from "./get-product.ts"
import type { Products } from "./ports.ts"

// A name in lower case: `İ` becomes two characters.
const cursor = cursorOf("products", z.strictObject({ name: z.string().min(1).max(400), id: ProductId }))

const productsHidden = defineRefusal(
  "products.hidden",
  "forbidden",
  `Only published products are shown without the role '${CATALOG_WRITE}'.`,
)

/** A page of products by name, the total over all pages, and where the next page begins. */
export const listProducts = useCase("catalog.list-products", {
  input: z.strictObject({
    status: ProductStatus.or(z.literal("any"))
      .default("published")
      .describe("Others than `published` are for the role that writes products"),
    category: CategoryId.optional().describe("Only products of this category and of those under it"),
    language: Language.default(DEFAULT_LANGUAGE),
    limit: pageSize,
    cursor: cursor.schema.optional(),
  }),
  result: z.strictObject({
    items: z.array(ProductCard),
    total: z.int().min(0),
    nextCursor: z.string().nullable(),
  }),
  refusals: [productsHidden],
  handle:
    ({ products }: { products: Products }) =>
    async ({ status, category, language, limit, cursor: after }, { caller }) => {
      if (status !== "published" && !hasRole(caller, CATALOG_WRITE)) return productsHidden()
      const filter = {
        ...(status !== "any" && { status }),
        ...(category !== undefined && { category }),
      }
      const [found, total] = await Promise.all([
        products.list(filter, { limit: limit + 1, language, ...(after && { after }) }),
        products.count(filter),
      ])
      const page = found.slice(0, limit)
      const last = page.at(-1)
      const more = found.length > limit && last
      return {
        items: page.map(({ cursor: _, ...card }) => card),
        total,
        nextCursor: more ? cursor.encode(last.cursor) : null,
      }
    },
})
