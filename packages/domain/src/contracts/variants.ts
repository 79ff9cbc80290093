import * as z from "zod"
import { CategoryId, ProductId, Sku } from "../kernel/ids.ts"
import { Money } from "../kernel/money.ts"
import { VariantOptions, VariantTerms } from "./catalog-events.ts"
import { defineRoute } from "./route.ts"

/** A variant with what it shares with its product. */
export const VariantDetails = z.object({
  sku: Sku,
  productId: ProductId,
  name: z.string(),
  options: VariantOptions,
  price: Money,
  /** The product's: an older one never overwrites a newer. */
  version: z.int().min(1),
  ...VariantTerms,
  slug: z.string().optional(),
  categories: z.array(CategoryId).optional(),
})
export type VariantDetails = z.infer<typeof VariantDetails>

/** What Basket asks Catalog about a variant that it does not know yet. */
export const getVariant = defineRoute({
  method: "GET",
  path: "variants/{sku}",
  input: z.strictObject({ sku: Sku }),
  answer: VariantDetails,
  example: {
    input: { sku: "IPHONE-X-BLACK" },
    answer: {
      sku: "IPHONE-X-BLACK",
      productId: "5334c996-8457-4cf0-815c-ed2b77c4ff61",
      name: "IPhone X",
      options: { colour: "Black" },
      price: { amount: 950_00, currency: "USD" },
      version: 3,
    },
  },
})
