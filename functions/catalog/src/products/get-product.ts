import { useCase } from "@eshop/building-blocks/app/use-case"
import { Product, productUnknown } from "@eshop/domain/catalog/product"
import { ProductId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { Products } from "./ports.ts"

/** One product with its variants. */
export const getProduct = useCase("catalog.get-product", {
  input: z.strictObject({ id: ProductId }),
  result: Product,
  refusals: [productUnknown],
  handle:
    ({ products }: { products: Products }) =>
    async ({ id }) =>
      (await products.find(id)) ?? productUnknown(),
})
