import { useCase } from "@eshop/building-blocks/app/use-case"
import { cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import { Options } from "@eshop/domain/catalog/product"
import { isLow } from "@eshop/domain/catalog/stock"
import { LocationId, ProductId, Sku } from "@eshop/domain/kernel/ids"
import { DEFAULT_LANGUAGE, inLanguage, Language } from "@eshop/domain/kernel/localised-text"
import { freeText } from "@eshop/domain/kernel/text"
import * as z from "zod"
import type { Stock } from "./ports.ts"
import { LevelView, levelView } from "./stock-view.ts"

const cursor = cursorOf(
  "stock-levels",
  z.strictObject({ headroom: z.int32(), sku: Sku, location: LocationId }),
)

/** Where which variant lies, what is short of its safety stock first; with what was promised past its end. */
export const listStock = useCase("catalog.list-stock", {
  input: z.strictObject({
    q: freeText(100).optional().describe("Part of a product's name, or how a SKU begins"),
    location: LocationId.optional(),
    low: z
      .stringbool({ truthy: ["true"], falsy: ["false"] })
      .default(false)
      .describe("Only what can be ordered up to the safety stock or less")
      .meta({ override: { type: "boolean" } }),
    language: Language.default(DEFAULT_LANGUAGE),
    limit: pageSize,
    cursor: cursor.schema.optional(),
  }),
  result: z.strictObject({
    items: z.array(
      LevelView.extend({
        sku: Sku,
        productId: ProductId,
        name: z.string(),
        options: Options,
        backorder: z.boolean(),
        isLow: z.boolean(),
      }),
    ),
    nextCursor: z.string().nullable(),
  }),
  handle:
    ({ stock }: { stock: Stock }) =>
    async ({ q, location, low, language, limit, cursor: after }) => {
      const filter = {
        isLow: low,
        ...(q !== undefined && { text: q }),
        ...(location !== undefined && { location }),
      }
      const found = await stock.list(filter, { limit: limit + 1, ...(after && { after }) })
      const page = found.slice(0, limit)
      const last = page.at(-1)
      return {
        items: page.map((level) => {
          const { sku, productId, name, options, backorder } = level
          return {
            ...{ sku, productId, name: inLanguage(name, language), options, backorder },
            ...levelView({ ...level, overdue: 0 }),
            isLow: isLow(level),
          }
        }),
        nextCursor:
          found.length > limit && last
            ? cursor.encode({
                headroom: last.onHand - last.reserved - last.safetyStock,
                sku: last.sku,
                location: last.location,
              })
            : null,
      }
    },
})
