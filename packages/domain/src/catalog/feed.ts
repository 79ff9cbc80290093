import * as z from "zod"
import { isValidAt, type Price } from "../contracts/prices.ts"
import { Sku } from "../kernel/ids.ts"
import { inLanguage, type LocalisedText } from "../kernel/localised-text.ts"
import type { Money } from "../kernel/money.ts"
import { Gtin } from "./gtin.ts"
import { isForEverybody } from "./price.ts"
import type { PricedProduct } from "./snapshot.ts"
import { available, type StockLevel } from "./stock.ts"

const FeedUrl = z.url({ protocol: /^https?$/ }).max(2_000)
const Amount = z.string().regex(/^\d+\.\d{2} [A-Z]{3}$/)

/**
 * A variant as agents and marketplaces read it. Names and values are those of Google's product data specification
 * (https://support.google.com/merchants/answer/7052112), which others take as well.
 */
export const FeedItem = z.strictObject({
  id: Sku,
  item_group_id: z
    .string()
    .max(50)
    .optional()
    .describe("The product's id, where it has more than one variant"),
  title: z.string().min(1).max(150),
  description: z.string().min(1).max(5_000),
  link: FeedUrl,
  image_link: FeedUrl.optional(),
  additional_image_link: z.array(FeedUrl).max(10).optional(),
  availability: z.enum(["in_stock", "out_of_stock", "backorder"]),
  price: Amount.describe("What one unit costs everybody when nothing is reduced"),
  sale_price: Amount.optional().describe("What it costs while it is reduced"),
  sale_price_effective_date: z.string().optional().describe("From and until, ISO 8601, joined by /"),
  brand: z.string().optional(),
  gtin: Gtin.optional(),
  identifier_exists: z.enum(["yes", "no"]),
  condition: z.literal("new"),
  product_type: z.string().max(750).optional().describe("Where it lies: `Phones > Smartphones`"),
  color: z.string().optional(),
  size: z.string().optional(),
  material: z.string().optional(),
  pattern: z.string().optional(),
})
export type FeedItem = z.infer<typeof FeedItem>

/** Options that the specification has a name for. */
const named: Readonly<Record<string, "color" | "size" | "material" | "pattern">> = {
  ...{ color: "color", colour: "color", size: "size", material: "material", pattern: "pattern" },
}

/** What is known of a product beside its row, and for whom the feed is. */
export type FeedContext = {
  /** Where the shop's pages and pictures are, without a path: `https://shop.example`. */
  readonly site: string
  readonly language: string
  /** The names of a category and of those that it lies under, the topmost first. */
  readonly categoryNames: (id: string) => readonly LocalisedText[]
  readonly levels: readonly StockLevel[]
  readonly at: Date
}

const textOf = ({ amount, currency }: Money): string =>
  `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, "0")} ${currency}`

/** At most so many characters (UTF-16 code units), none of them cut in half. */
const upTo = (max: number, text: string): string => text.slice(0, max).replace(/[\ud800-\udbff]$/, "")

/** The variants of a product that are sold, one entry each. */
export function feedItemsOf(product: PricedProduct, context: FeedContext): FeedItem[] {
  const { site, language, levels, at } = context
  const [category] = product.categories
  const place = category === undefined ? [] : context.categoryNames(category)
  const name = inLanguage(product.name, language)
  return product.variants.flatMap((variant): FeedItem[] => {
    const costs = costsOf(variant.prices, at)
    if (!costs) return []
    const { sku, gtin, options, backorder } = variant
    const [image, ...others] = picturesOf(product, variant.image).map((url) => new URL(url, site).href)
    const units = levels.reduce((sum, level) => sum + (level.sku === sku ? available(level) : 0), 0)
    const outOfStock = backorder ? "backorder" : "out_of_stock"
    return [
      {
        id: sku,
        ...(product.variants.length > 1 && { item_group_id: product.id }),
        title: upTo(150, [name, ...Object.values(options)].join(" – ")),
        description: upTo(5_000, inLanguage(product.description, language)),
        link: new URL(`/products/${product.slug}?sku=${sku}`, site).href,
        ...(image && { image_link: image }),
        ...(others.length > 0 && { additional_image_link: others.slice(0, 10) }),
        availability: units > 0 ? "in_stock" : outOfStock,
        ...costs,
        ...(product.brand !== undefined && { brand: product.brand }),
        ...(gtin !== undefined && { gtin }),
        identifier_exists: gtin === undefined ? "no" : "yes",
        condition: "new",
        ...(place.length > 0 && {
          product_type: upTo(750, place.map((one) => inLanguage(one, language)).join(" > ")),
        }),
        ...namedOptions(options),
      },
    ]
  })
}

/** The variant's own picture first. */
function picturesOf({ images }: PricedProduct, own: string | undefined): string[] {
  const urls = images.map(({ url }) => url)
  return own === undefined ? urls : [own, ...urls.filter((url) => url !== own)]
}

const namedOptions = (options: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(options).flatMap(([option, value]) => {
      const name = named[option]
      return name ? [[name, value]] : []
    }),
  )

/** What one unit costs everybody; undefined where nothing does. */
function costsOf(prices: readonly Price[], at: Date) {
  const [lowest, ...higher] = prices
    .filter((price) => isForEverybody(price) && isValidAt(price, at))
    .sort((a, b) => a.unitPrice.amount - b.unitPrice.amount)
  if (!lowest) return undefined
  const regular = higher.at(-1) ?? lowest
  if (regular.unitPrice.amount === lowest.unitPrice.amount) return { price: textOf(lowest.unitPrice) }
  const { validFrom, validUntil } = lowest
  return {
    price: textOf(regular.unitPrice),
    sale_price: textOf(lowest.unitPrice),
    ...(validFrom && validUntil && { sale_price_effective_date: `${validFrom}/${validUntil}` }),
  }
}
