import * as z from "zod"
import { Price } from "../contracts/prices.ts"
import { Money } from "../kernel/money.ts"
import { Product, Variant } from "./product.ts"
import { type PricedProduct, priceForEverybody, standing } from "./snapshot.ts"

/** A variant as the shop shows it. */
const VariantView = Variant.extend({
  price: Money.optional().describe("What one unit costs everybody now; absent: it is not sold"),
  lowestPrice30Days: Money.optional().describe(
    "Where a reduction is announced: the lowest that one unit cost everybody in the 30 days before it began",
  ),
  prices: z
    .array(Price)
    .describe("Every price for everybody that holds now or will, and those for the caller's groups"),
})

/** The prices that are for everybody or for one of these groups. */
export const pricesFor = (customerGroups: readonly string[], prices: readonly Price[]): Price[] =>
  prices.filter(({ customerGroup }) => customerGroup === undefined || customerGroups.includes(customerGroup))

/** A product as the shop shows it. */
export const ProductView = Product.extend({ variants: z.array(VariantView) }).meta({ id: "Product" })
export type ProductView = z.infer<typeof ProductView>

/**
 * What the shop shows of a product at an instant.
 * @param customerGroups those of who looks: prices for others are not shown
 */
export const viewOf = (
  { categoryPath: _, variants, ...product }: PricedProduct,
  at: Date,
  customerGroups: readonly string[] = [],
): ProductView => ({
  ...product,
  variants: variants.map(({ reductions, ...variant }) => {
    const price = priceForEverybody(variant.prices, at)
    const prices = pricesFor(customerGroups, standing(variant.prices, at))
    const reduction = reductions?.find(
      ({ from, until }) => new Date(from) <= at && (until === undefined || at < new Date(until)),
    )
    return {
      ...variant,
      prices,
      ...(price && { price: price.unitPrice }),
      ...(reduction && { lowestPrice30Days: reduction.lowestPrice30Days }),
    }
  }),
})
