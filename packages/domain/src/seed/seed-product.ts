import type { Image, Product, Variant } from "../catalog/product.ts"
import type { Price } from "../contracts/prices.ts"
import type { LocalisedText } from "../kernel/localised-text.ts"
import { usd } from "../kernel/money.ts"
import { seedCategoryId } from "./categories.ts"
import type { SeedItem } from "./seed-item.ts"

/** A product to begin with. */
export type SeedProduct = Product & {
  /** What its variants cost, */
  readonly price: Price
  /** and what some of them cost more, by SKU, in cents. */
  readonly surcharges?: Readonly<Record<string, number>>
}

/** What a variant of a seed product costs. */
export const seedPriceOf = ({ price, surcharges }: SeedProduct, sku: string): Price => ({
  ...price,
  unitPrice: usd(price.unitPrice.amount + (surcharges?.[sku] ?? 0)),
})

const SEEDED_AT = "2026-01-01T00:00:00.000Z"

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/['’]/g, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")

/** Every combination of the options' values; one without options where there are none. */
const combinationsOf = (options: NonNullable<SeedItem["options"]>): Record<string, string>[] =>
  Object.entries(options).reduce<Record<string, string>[]>(
    (made, [name, values]) => made.flatMap((before) => values.map((value) => ({ ...before, [name]: value }))),
    [{}],
  )

const skuOf = (code: string, options: Record<string, string>): string =>
  [code, ...Object.values(options)]
    .join(" ")
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, "-")
    .replace(/-$/, "")

/** A picture for each colour, or one. */
function imagesOf(slug: string, name: LocalisedText, colours: readonly string[]): Image[] {
  const size = { width: 600, height: 600 }
  if (colours.length === 0) return [{ url: `/catalog/images/${slug}.svg`, ...size, alt: name }]
  return colours.map((colour) => ({
    url: `/catalog/images/${slug}-${slugOf(colour)}.svg`,
    ...size,
    alt: { en: `${name.en}, ${colour.toLowerCase()}` },
  }))
}

/** Makes a product of what a person wrote down. @param id the product's */
export function seedProduct(item: SeedItem, id: string): SeedProduct {
  const {
    code,
    brand,
    category,
    price,
    text,
    attributes,
    options = {},
    surcharge = {},
    taxCategory = "standard",
    featured = false,
  } = item
  const name = { en: item.name, ...(item.de && { de: item.de }) }
  const slug = slugOf(item.name)
  const images = imagesOf(slug, name, options.colour ?? [])
  const surcharges: Record<string, number> = {}
  const variants = combinationsOf(options).map((chosen): Variant => {
    const sku = skuOf(code, chosen)
    const more = Object.values(chosen).reduce((sum, value) => sum + (surcharge[value] ?? 0), 0)
    if (more > 0) surcharges[sku] = more
    const image = images[chosen.colour ? (options.colour ?? []).indexOf(chosen.colour) : 0]
    return {
      sku,
      options: chosen,
      quantity: { min: 1, step: 1 },
      backorder: false,
      ...(image && { image: image.url }),
    }
  })
  return {
    id,
    slug,
    name,
    description: { en: text },
    brand,
    categories: [seedCategoryId(category)],
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, typeof value === "object" ? [...value] : value]),
    ),
    images,
    variants,
    featured,
    status: "published",
    version: 1,
    updatedAt: SEEDED_AT,
    price: { unitPrice: usd(price), minQuantity: 1, taxCategory, includesTax: true },
    ...(Object.keys(surcharges).length > 0 && { surcharges }),
  }
}
