import { useCase } from "@eshop/building-blocks/app/use-case"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { available } from "@eshop/domain/catalog/stock"
import { getAvailability, MOST_AVAILABLE_SHOWN } from "@eshop/domain/contracts/variants"
import { Sku } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { Stock } from "./ports.ts"

/** What the shop says of a variant's stock. */
export const getStock = useCase("catalog.get-stock", {
  input: z.strictObject({ sku: Sku }),
  result: z.strictObject({
    sku: Sku,
    available: getAvailability.answer.shape.available,
    backorder: z.boolean().describe("Can be ordered also when there are none"),
  }),
  refusals: [variantUnknown],
  handle:
    ({ stock }: { stock: Stock }) =>
    async ({ sku }, call) => {
      const levels = await stock.find(sku, call.now)
      const [first] = levels
      if (!first) return variantUnknown()
      const units = levels.reduce((sum, level) => sum + available(level), 0)
      return { sku, available: Math.min(units, MOST_AVAILABLE_SHOWN), backorder: first.backorder }
    },
})
