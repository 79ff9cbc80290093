import { useCase } from "@eshop/building-blocks/app/use-case"
import { CursorInstant, cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import { priceOf } from "@eshop/domain/catalog/price"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { Price } from "@eshop/domain/contracts/prices"
import { Sku } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { Products } from "../products/ports.ts"
import type { Prices } from "./ports.ts"

const cursor = cursorOf("price-history", z.strictObject({ recordedAt: CursorInstant, id: z.uuid() }))

/** Every price that a variant ever had, newest first: when it was recorded, and when it was ended. */
export const listPriceHistory = useCase("catalog.list-price-history", {
  input: z.strictObject({ sku: Sku, limit: pageSize, cursor: cursor.schema.optional() }),
  result: z.strictObject({
    items: z.array(
      z.strictObject({
        id: z.uuid(),
        ...Price.shape,
        recordedAt: z.iso.datetime(),
        supersededAt: z.iso.datetime().optional().describe("When it was ended; absent while it stands"),
      }),
    ),
    nextCursor: z.string().nullable(),
  }),
  refusals: [variantUnknown],
  handle:
    ({ products, prices }: { products: Products; prices: Prices }) =>
    async ({ sku, limit, cursor: after }) => {
      const [product, found] = await Promise.all([
        products.findBySku(sku),
        prices.history(sku, { limit: limit + 1, ...(after && { after }) }),
      ])
      if (!product) return variantUnknown()
      const page = found.slice(0, limit)
      const last = page.at(-1)
      const more = found.length > limit && last
      return {
        items: page.map(({ recordedAt, supersededAt, ...row }) => ({
          id: row.id,
          ...priceOf({ ...row, recordedAt }),
          recordedAt: recordedAt.toISOString(),
          ...(supersededAt && { supersededAt: supersededAt.toISOString() }),
        })),
        nextCursor: more ? cursor.encode({ recordedAt: last.recordedAt.toISOString(), id: last.id }) : null,
      }
    },
})
