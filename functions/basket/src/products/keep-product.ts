import { command } from "@eshop/building-blocks/app/use-case"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import * as z from "zod"
import type { VariantCopies } from "./ports.ts"

/** Keeps the copy of a product's variants up to date; what arrives late changes nothing. */
export const keepProduct = command("basket.keep-product", {
  input: ProductChanged.data,
  result: z.void(),
  handle:
    ({ copies }: { copies: VariantCopies }) =>
    (product, call) =>
      call.commit((tx) => copies.keepProduct(tx, product)),
})
