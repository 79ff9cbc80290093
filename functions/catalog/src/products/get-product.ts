import { useCase } from "@eshop/building-blocks/use-case"
import { ProductId } from "@eshop/domain/ids"
import { refuse } from "@eshop/domain/refusal"
import { z } from "zod"
import type { Products } from "./ports.ts"

export const GetProduct = z.strictObject({ id: ProductId })

/** One product, or `product.unknown`. */
export const getProduct = ({ products }: { products: Products }) =>
  useCase("catalog.get-product", GetProduct, async ({ id }) => {
    return (await products.find(id)) ?? refuse("not-found", "product.unknown", "There is no such product.")
  })
