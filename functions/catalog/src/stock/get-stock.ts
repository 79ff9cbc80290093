import { useCase } from "@eshop/building-blocks/use-case"
import { available } from "@eshop/domain/catalog/stock"
import { ProductId } from "@eshop/domain/ids"
import { refuse } from "@eshop/domain/refusal"
import { z } from "zod"
import type { Stock } from "./ports.ts"

export const GetStock = z.strictObject({ id: ProductId })

/** Stock of one product: on hand, reserved, and what can still be ordered. */
export const getStock = ({ stock }: { stock: Stock }) =>
  useCase("catalog.get-stock", GetStock, async ({ id }) => {
    const level = await stock.find(id)
    if (!level) return refuse("not-found", "product.unknown", "There is no such product.")
    return { ...level, available: available(level) }
  })
