import * as z from "zod"
import { LocationId, ProductId, Sku } from "../kernel/ids.ts"
import { defineRefusal } from "../kernel/refusal.ts"
import { VariantPriceList } from "./price.ts"
import { ProductStatus } from "./product.ts"
import { contentOf, ProductDraft } from "./product-rules.ts"
import { Slug } from "./slug.ts"
import type { PricedProduct } from "./snapshot.ts"
import type { StockLevel } from "./stock.ts"
import { MAX_ON_HAND } from "./stock-adjustment.ts"

/** A product's content; its categories by slug, so that it can move from one shop to another. */
const BulkProduct = ProductDraft.omit({ status: true }).extend({
  id: ProductId.optional().describe("The product; without it the one that has this slug, or had it once"),
  categories: z
    .array(Slug)
    .max(20)
    .refine((slugs) => new Set(slugs).size === slugs.length, { error: "A category twice" }),
})

/** A variant's stock at a location. */
const BulkStock = z.strictObject({
  sku: Sku,
  location: LocationId.optional().describe("The one that serves first unless it is said"),
  onHand: z.int().min(-MAX_ON_HAND).max(MAX_ON_HAND),
  safetyStock: z.int().min(0).max(1_000_000).optional().describe("Stays as it is unless it is said"),
})

const bulkMembers = {
  product: BulkProduct.optional().describe("Added as a draft, or changed"),
  prices: VariantPriceList.optional().describe("All prices of a variant"),
  stock: BulkStock.optional(),
  status: z.strictObject({ slug: Slug, status: ProductStatus }).optional().describe("What a product becomes"),
}

/** A line of an import or of an export: one of these members. */
export const BulkLine = z.strictObject(bulkMembers).refine((line) => Object.keys(line).length === 1, {
  error: "Exactly one of product, prices, stock, status",
})
export type BulkLine = z.infer<typeof BulkLine>

export const bulkCategoriesUnknown = defineRefusal(
  "bulk.category-unknown",
  "rule",
  ({ slugs }) => `There are no categories ${slugs.join(", ")}.`,
  z.object({ slugs: z.array(Slug) }),
)

/** What is known of a product beside its row. */
export type BulkContext = {
  /** Of every category. */
  readonly slugs: ReadonlyMap<string, string>
  /** Of its variants; none where stock is not shown. */
  readonly levels: readonly StockLevel[]
}

/**
 * The lines that a product is exported as. Taken one after the other they make the same product in an empty shop with the
 * same categories, and change nothing in the one that they come from.
 */
export function bulkLinesOf(product: PricedProduct, { slugs, levels }: BulkContext): BulkLine[] {
  const { status, ...content } = contentOf(product)
  const categories = product.categories.flatMap((id) => slugs.get(id) ?? [])
  return [
    { product: { ...content, id: product.id, categories } },
    ...product.variants.flatMap(({ sku, prices }) =>
      prices.length > 0 ? [{ prices: { sku, prices: [...prices] } }] : [],
    ),
    ...levels.map(({ sku, location, onHand, safetyStock }) => ({
      stock: { sku, location, onHand, safetyStock },
    })),
    { status: { slug: product.slug, status } },
  ]
}
