import { useCase } from "@eshop/building-blocks/app/use-case"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { available } from "@eshop/domain/catalog/stock"
import { Sku } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { Stock } from "./ports.ts"

/** Stock of one variant: on hand, reserved, and what can still be ordered. */
export const getStock = useCase("catalog.get-stock", {
  input: z.strictObject({ sku: Sku }),
  result: z.strictObject({ sku: Sku, onHand: z.int(), reserved: z.int(), available: z.int() }),
  refusals: [variantUnknown],
  handle:
    ({ stock }: { stock: Stock }) =>
    async ({ sku }) => {
      const level = await stock.find(sku)
      return level ? { ...level, available: available(level) } : variantUnknown()
    },
})
