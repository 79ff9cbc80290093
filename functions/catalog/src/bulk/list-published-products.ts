import { useCase } from "@eshop/building-blocks/app/use-case"
import { available } from "@eshop/domain/catalog/stock"
import { ProductView, viewOf } from "@eshop/domain/catalog/view"
import { getAvailability, MOST_AVAILABLE_SHOWN } from "@eshop/domain/contracts/variants"
import { Sku } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { Stock } from "../stock/ports.ts"
import type { BulkProducts } from "./ports.ts"
import { bulkPageSize, levelsOf, productCursor, productPage } from "./product-pages.ts"

type Ports = { readonly bulk: BulkProducts; readonly stock: Stock }

const PublishedProduct = z.strictObject({
  product: ProductView,
  units: z
    .record(Sku, getAvailability.answer.shape.available)
    .describe(`Units of each variant that can be ordered; ${MOST_AVAILABLE_SHOWN}: so many or more`),
})

/** The published products whole, by id, for who builds pages of all of them. */
export const listPublishedProducts = useCase("catalog.list-published-products", {
  input: z.strictObject({ limit: bulkPageSize, cursor: productCursor.schema.optional() }),
  result: z.strictObject({ lines: z.array(PublishedProduct), nextCursor: z.string().nullable() }),
  handle:
    ({ bulk, stock }: Ports) =>
    async ({ limit, cursor: after }, call) =>
      await productPage(bulk, { after, limit, status: "published" }, async (products) => {
        const levels = await levelsOf(stock, products, call)
        return products.map((product) => {
          const unitsOf = (sku: string) =>
            (levels.get(product.id) ?? []).reduce(
              (sum, level) => sum + (level.sku === sku ? available(level) : 0),
              0,
            )
          return {
            product: viewOf(product, call.now),
            units: Object.fromEntries(
              product.variants.map(({ sku }) => [sku, Math.min(unitsOf(sku), MOST_AVAILABLE_SHOWN)]),
            ),
          }
        })
      }),
})
