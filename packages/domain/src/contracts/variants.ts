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
  translations: z.record(z.string(), z.string()).optional().describe("The name in other languages"),
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

/** Nobody outside learns more of a variant's stock than that there are so many or more. */
export const MOST_AVAILABLE_SHOWN = 100

/** What Basket asks Catalog to hint at what is left of a variant. */
export const getAvailability = defineRoute({
  method: "GET",
  path: "variants/{sku}/stock",
  input: z.strictObject({ sku: Sku }),
  answer: z.object({
    sku: Sku,
    available: z.int().min(0).max(MOST_AVAILABLE_SHOWN).describe(`${MOST_AVAILABLE_SHOWN}: so many or more`),
  }),
  example: { input: { sku: "IPHONE-X-BLACK" }, answer: { sku: "IPHONE-X-BLACK", available: 7 } },
})
