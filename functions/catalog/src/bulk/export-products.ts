import { hasRole } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { BulkLine, bulkLinesOf } from "@eshop/domain/catalog/bulk-line"
import * as z from "zod"
import type { Categories } from "../categories/ports.ts"
import { INVENTORY_WRITE } from "../stock/adjust-stock.ts"
import type { Stock } from "../stock/ports.ts"
import type { BulkProducts } from "./ports.ts"
import { bulkPageSize, levelsOf, productCursor, productPage } from "./product-pages.ts"

type Ports = { readonly bulk: BulkProducts; readonly categories: Categories; readonly stock: Stock }

/** Products with their variants, prices and stock, as the lines that an import takes; stock for who keeps it alone. */
export const exportProducts = useCase("catalog.export-products", {
  input: z.strictObject({ limit: bulkPageSize, cursor: productCursor.schema.optional() }),
  result: z.strictObject({ lines: z.array(BulkLine), nextCursor: z.string().nullable() }),
  handle:
    ({ bulk, categories, stock }: Ports) =>
    async ({ limit, cursor: after }, call) => {
      const all = await categories.all()
      const slugs = new Map(all.categories.map(({ id, slug }) => [id, slug]))
      const showsStock = hasRole(call.caller, INVENTORY_WRITE)
      return await productPage(bulk, { after, limit }, async (products) => {
        const levels = showsStock ? await levelsOf(stock, products, call) : new Map()
        return products.flatMap((product) =>
          bulkLinesOf(product, { slugs, levels: levels.get(product.id) ?? [] }),
        )
      })
    },
})
