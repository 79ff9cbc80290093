import * as z from "zod"
import { QuantityRule } from "../contracts/catalog-events.ts"
import { CategoryId, ProductId, Sku } from "../kernel/ids.ts"
import { localised, localisedLine } from "../kernel/localised-text.ts"
import { defineRefusal } from "../kernel/refusal.ts"
import { freeText, paragraphs } from "../kernel/text.ts"
import { Gtin } from "./gtin.ts"
import { Slug } from "./slug.ts"

/** Of an attribute or an option: `colour`, `screen-size`. Nothing in it needs quoting where a search names it. */
export const AttributeName = z
  .string()
  .max(40)
  .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/)

const hasAtMost = (count: number) => (members: object) => Object.keys(members).length <= count

/** What tells the variants of a product apart: `{ colour: "Black", storage: "128 GB" }`. */
export const Options = z
  .record(AttributeName, freeText(60))
  .refine(hasAtMost(5), { error: "At most 5 options" })

export const AttributeValue = z.union([
  freeText(200),
  z.number(),
  z.boolean(),
  z.array(freeText(60)).min(1).max(20),
])

/** What else there is to say of a product, and to search by. */
export const Attributes = z
  .record(AttributeName, AttributeValue)
  .refine(hasAtMost(50), { error: "At most 50 attributes" })

/** A picture at an address of the web, or one that Catalog serves. */
export const ImageUrl = z
  .string()
  .max(2_000)
  .regex(
    /^(?:https:\/\/[a-z0-9.-]+(?::\d+)?(?:\/[^\s"<>\\^`{|}]*)?|\/catalog\/images\/[\w-]+(?:[./][\w-]+)*)$/,
  )

const Pixels = z.int().min(1).max(20_000)

export const Image = z.strictObject({
  url: ImageUrl,
  width: Pixels.describe("Pixels"),
  height: Pixels.describe("Pixels"),
  alt: localisedLine(300).describe("What it shows, for who cannot see it"),
})
export type Image = z.infer<typeof Image>

/** What is sold: one of a product's colours, sizes … with its own stock and prices. */
export const Variant = z.strictObject({
  sku: Sku,
  gtin: Gtin.optional(),
  options: Options,
  quantity: z
    .strictObject(QuantityRule.shape)
    .refine(({ min, max }) => max === undefined || max >= min, { error: "max is less than min" }),
  backorder: z.boolean().describe("Sold beyond the stock"),
  image: ImageUrl.optional().describe("The one of the product's images that shows this variant"),
})
export type Variant = z.infer<typeof Variant>

const isUnique = (keys: readonly string[]) => new Set(keys).size === keys.length
const keyOf = (options: Record<string, string>) =>
  JSON.stringify(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1)))

/** draft: not to be seen yet, or not at the moment. discontinued: sold no more, kept for the orders that name it. */
export const ProductStatus = z.enum(["draft", "published", "discontinued"])
export type ProductStatus = z.infer<typeof ProductStatus>

/** What a merchant says of a product. */
export const productContent = {
  slug: Slug,
  name: localisedLine(200),
  description: localised(paragraphs(10_000)),
  brand: freeText(100).optional(),
  categories: z
    .array(CategoryId)
    .max(20)
    .refine(isUnique, { error: "A category twice" })
    .describe("Those that it is put in; it is found in all that these lie under"),
  attributes: Attributes,
  images: z
    .array(Image)
    .max(20)
    .refine((images) => isUnique(images.map(({ url }) => url)), { error: "An image twice" }),
  variants: z
    .array(Variant)
    .min(1)
    .max(100)
    .refine((variants) => isUnique(variants.map(({ sku }) => sku)), { error: "A SKU twice" })
    .refine((variants) => isUnique(variants.map(({ options }) => keyOf(options))), {
      error: "Two variants with the same options",
    }),
  featured: z.boolean().describe("Shown on the shop's home page"),
}

/** What groups variants: a name and a page in the shop. */
export const Product = z.strictObject({
  id: ProductId,
  ...productContent,
  status: ProductStatus,
  /** Grows by one with every change, also of a variant, of a price and of where its categories lie. */
  version: z.int().min(1),
  updatedAt: z.iso.datetime(),
})
export type Product = z.infer<typeof Product>

export const productUnknown = defineRefusal("product.unknown", "not-found", "There is no such product.")
export const variantUnknown = defineRefusal("variant.unknown", "not-found", "There is no such variant.")
