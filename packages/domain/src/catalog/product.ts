import * as z from "zod"
import { type ProductSnapshot, VariantOptions } from "../contracts/catalog-events.ts"
import type { VariantDetails } from "../contracts/variants.ts"
import { ProductId, Sku } from "../kernel/ids.ts"
import { Money } from "../kernel/money.ts"
import { defineRefusal } from "../kernel/refusal.ts"

/** What is sold: one of a product's colours, sizes … with its own stock and price. */
export const Variant = z.strictObject({ sku: Sku, options: VariantOptions, price: Money })
export type Variant = z.infer<typeof Variant>

/** What groups variants: a name and a page in the shop. */
export const Product = z.strictObject({
  id: ProductId,
  /** Short enough for the cursor of a list by name. */
  name: z.string().min(1).max(200),
  categories: z.array(z.string()),
  description: z.string(),
  imageFile: z.string(),
  variants: z.array(Variant),
  /** Grows by one with every change, also of a variant. */
  version: z.int().min(1),
})
export type Product = z.infer<typeof Product>

export const productUnknown = defineRefusal("product.unknown", "not-found", "There is no such product.")
export const variantUnknown = defineRefusal("variant.unknown", "not-found", "There is no such variant.")

/** What other contexts are told of a product. */
export const snapshotOf = (product: Product): ProductSnapshot => ({
  productId: product.id,
  version: product.version,
  name: product.name,
  variants: product.variants.map(({ sku, options, price }) => ({ sku, options, price })),
})

/** What other contexts are told of one variant; undefined when the product has none of this SKU. */
export function variantOf(product: ProductSnapshot, sku: string): VariantDetails | undefined {
  const variant = product.variants.find((one) => one.sku === sku)
  return variant && { ...variant, productId: product.productId, name: product.name, version: product.version }
}
