import { newId } from "@eshop/building-blocks/ids"
import type { Product, Variant } from "@eshop/domain/catalog/product"

export const variantOf = (sku: string, more: Partial<Variant> = {}): Variant => ({
  ...{ sku, options: { model: sku }, quantity: { min: 1, step: 1 }, backorder: false },
  ...more,
})

/** A published product with one variant, both of their own. */
export function productOf(more: Partial<Product> = {}): Product {
  const id = newId()
  return {
    id,
    slug: `product-${id}`,
    name: { en: `Product ${id}` },
    description: { en: "A product." },
    categories: [],
    attributes: {},
    images: [],
    featured: false,
    variants: [variantOf(`T-${id.toUpperCase()}`)],
    status: "published",
    version: 1,
    updatedAt: "2026-01-01T00:00:00.000Z",
    ...more,
  }
}
