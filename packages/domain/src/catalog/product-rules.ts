import * as z from "zod"
import { CategoryId, Sku } from "../kernel/ids.ts"
import { Language } from "../kernel/localised-text.ts"
import { mergePatch } from "../kernel/merge-patch.ts"
import { defineRefusal } from "../kernel/refusal.ts"
import { freeText, paragraphs } from "../kernel/text.ts"
import { gapIn } from "./price.ts"
import { AttributeName, AttributeValue, ImageUrl, ProductStatus, productContent } from "./product.ts"
import { Slug } from "./slug.ts"
import type { PricedProduct } from "./snapshot.ts"

/** What a merchant writes of a product; it is discontinued by being deleted. */
export const ProductDraft = z.strictObject({
  ...productContent,
  featured: productContent.featured.default(false),
  status: ProductStatus.exclude(["discontinued"]),
})

/** What of a product is written, as opposed to given by the shop. */
export const ProductContent = z.strictObject({ ...productContent, status: ProductStatus })
export type ProductContent = z.infer<typeof ProductContent>

/** A JSON Merge Patch of a product: what it names is changed, what is null there goes, a list is replaced as a whole. */
export const ProductPatch = ProductDraft.extend({
  name: z.record(Language, freeText(200).nullable()),
  description: z.record(Language, paragraphs(10_000).nullable()),
  brand: freeText(100).nullable(),
  attributes: z.record(AttributeName, AttributeValue.nullable()),
  // Without the draft's default: what a patch does not name stays.
  featured: productContent.featured,
}).partial()
export type ProductPatch = z.infer<typeof ProductPatch>

export const productInvalid = defineRefusal(
  "product.invalid",
  "rule",
  "What the patch makes of the product is none.",
  z.object({ errors: z.array(z.object({ pointer: z.string(), message: z.string() })) }),
)

/** What a patch makes of a content. */
export function patchContent(content: ProductContent, patch: ProductPatch) {
  const { data, error } = ProductContent.safeParse(mergePatch(content, patch))
  if (data) return data
  const errors = error.issues.map(({ path, message }) => ({ pointer: `/${path.join("/")}`, message }))
  return productInvalid({ errors })
}

export const productStale = defineRefusal("product.stale", "stale", "The product has changed meanwhile.")

export const productDiscontinued = defineRefusal(
  "product.discontinued",
  "not-found",
  "The product is not sold any more.",
)

export const slugTaken = defineRefusal(
  "slug.taken",
  "conflict",
  ({ slug }) => `'${slug}' is another product's address, or was once and leads there.`,
  z.object({ slug: Slug }),
)

export const skuTaken = defineRefusal(
  "sku.taken",
  "conflict",
  ({ skus }) => `Another product has these variants, or had them once: ${skus.join(", ")}.`,
  z.object({ skus: z.array(Sku) }),
)

export const productCategoryUnknown = defineRefusal(
  "product.category-unknown",
  "rule",
  "The product is put in categories that there are not.",
  z.object({ categories: z.array(CategoryId) }),
)

export const variantImageUnknown = defineRefusal(
  "variant.image-unknown",
  "rule",
  ({ sku }) => `The picture of ${sku} is none of the product's images.`,
  z.object({ sku: Sku, image: ImageUrl }),
)

export const productUnpriced = defineRefusal(
  "product.unpriced",
  "rule",
  ({ skus }) => `What is sold must have a price for everybody at any time: ${skus.join(", ")}.`,
  z.object({ skus: z.array(Sku) }),
)

/** What a product's content breaks by itself; undefined when nothing. */
export function checkContent({ images, variants }: ProductContent) {
  const urls = new Set(images.map(({ url }) => url))
  const lost = variants.find(({ image }) => image !== undefined && !urls.has(image))
  return lost?.image === undefined ? undefined : variantImageUnknown({ sku: lost.sku, image: lost.image })
}

/**
 * What stands against this content in the place of what a product has; undefined when nothing does. To be published is
 * to be sold: every variant needs a price for good then. One that is added to a published product is sold from its first price on.
 */
export function checkChange(before: PricedProduct, content: ProductContent, at: Date) {
  const broken = checkContent(content)
  if (broken || content.status !== "published" || before.status === "published") return broken
  const priced = new Set(
    before.variants.filter(({ prices }) => gapIn(prices, at) === undefined).map(({ sku }) => sku),
  )
  const skus = content.variants.map(({ sku }) => sku).filter((sku) => !priced.has(sku))
  return skus.length > 0 ? productUnpriced({ skus }) : undefined
}

/** The content alone of a product. */
export function contentOf(product: PricedProduct): ProductContent {
  const { slug, name, description, brand, categories, attributes, images, featured, status } = product
  const variants = product.variants.map(({ prices: _, reductions: __, ...variant }) => variant)
  const texts = { slug, name, description, ...(brand !== undefined && { brand }) }
  return { ...texts, categories, attributes, images, variants, featured, status }
}
