import { useCase } from "@eshop/building-blocks/app/use-case"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { type PricedProduct, standing } from "@eshop/domain/catalog/snapshot"
import { Price } from "@eshop/domain/contracts/prices"
import { ProductId, Sku } from "@eshop/domain/kernel/ids"
import { Money } from "@eshop/domain/kernel/money"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import type { Products } from "../products/ports.ts"

/** All prices of a variant, as who sets them sees them. */
export const VariantPrices = z.strictObject({
  sku: Sku,
  productId: ProductId,
  /** The product's, for If-Match. */
  version: z.int().min(1),
  prices: z.array(Price),
  reductions: z
    .array(
      z.strictObject({
        from: z.iso.datetime().describe("Inclusive"),
        until: z.iso.datetime().optional().describe("Exclusive"),
        lowestPrice30Days: Money,
      }),
    )
    .optional()
    .describe(
      "When the shop announces a reduction, now or later, and the lowest price that it shows beside it",
    ),
})

/** The prices of a variant that hold now or will, for every customer group. */
export const getPrices = useCase("catalog.get-prices", {
  input: z.strictObject({ sku: Sku }),
  result: VariantPrices,
  refusals: [variantUnknown],
  handle:
    ({ products }: { products: Products }) =>
    async ({ sku }, { now }) => {
      const product = await products.findBySku(sku)
      if (!product) return variantUnknown()
      const answer = variantPricesOf(product, sku, now)
      if (isRefusal(answer)) return answer
      const reductions = product.variants.find((variant) => variant.sku === sku)?.reductions ?? []
      return { ...answer, reductions: reductions.filter(({ until }) => !until || now < new Date(until)) }
    },
})

/** A variant's prices of what a product is at this instant. */
export function variantPricesOf({ id, version, variants }: PricedProduct, sku: string, at: Date) {
  const variant = variants.find((one) => one.sku === sku)
  return variant ? { sku, productId: id, version, prices: standing(variant.prices, at) } : variantUnknown()
}
