import type { ProductSnapshot } from "../contracts/catalog-events.ts"
import { type Price, priceFor } from "../contracts/prices.ts"
import type { VariantDetails } from "../contracts/variants.ts"
import { DEFAULT_LANGUAGE, inLanguage } from "../kernel/localised-text.ts"
import type { Reduction } from "./price-history.ts"
import type { Product, Variant } from "./product.ts"

export type PricedVariant = Variant & {
  /** Every price that holds now or will. */
  readonly prices: readonly Price[]
  /** Those that are announced, or will be; absent where none is. */
  readonly reductions?: readonly Reduction[]
}

/** A product with what is stored beside it. */
export type PricedProduct = Omit<Product, "variants"> & {
  readonly variants: readonly PricedVariant[]
  /** Its categories and all that these lie under. */
  readonly categoryPath: readonly string[]
}

/** What one unit costs everybody; undefined where nothing does, and the variant is not sold. */
export const priceForEverybody = (prices: readonly Price[], at: Date): Price | undefined =>
  priceFor(prices, { quantity: 1, customerGroups: [], at })

/** Those that hold now or will. */
export const standing = (prices: readonly Price[], at: Date): Price[] =>
  prices.filter(({ validUntil }) => !validUntil || at < new Date(validUntil))

/**
 * What other contexts are told of a product: all of its variants that are sold, which are none while it is not
 * published.
 */
export const snapshotOf = (product: PricedProduct, at: Date): ProductSnapshot => ({
  productId: product.id,
  version: product.version,
  name: inLanguage(product.name, DEFAULT_LANGUAGE),
  ...translationsIn(product.name),
  variants:
    product.status === "published"
      ? product.variants.flatMap((variant) => termsOf(product, variant, at))
      : [],
  slug: product.slug,
  categories: [...product.categoryPath],
})

/** What a name is called in other languages, where it is. */
function translationsIn(name: Product["name"]): Pick<ProductSnapshot, "translations"> {
  const others = Object.entries(name).filter(([language]) => language !== DEFAULT_LANGUAGE)
  return others.length === 0 ? {} : { translations: Object.fromEntries(others) }
}

function termsOf(
  { images }: PricedProduct,
  { sku, options, prices, quantity, backorder, image }: PricedProduct["variants"][number],
  at: Date,
): ProductSnapshot["variants"] {
  const price = priceForEverybody(prices, at)
  const picture = image ?? images[0]?.url
  if (!price) return []
  const terms = { prices: standing(prices, at), quantity, backorder, ...(picture && { image: picture }) }
  return [{ sku, options, price: price.unitPrice, ...terms }]
}

/** What other contexts are told of one variant; undefined when none of this SKU is sold. */
export function variantOf(product: ProductSnapshot, sku: string): VariantDetails | undefined {
  const variant = product.variants.find((one) => one.sku === sku)
  const { productId, name, translations, version, slug, categories } = product
  return (
    variant && {
      ...variant,
      productId,
      name,
      version,
      ...(translations && { translations }),
      ...(slug && { slug }),
      ...(categories && { categories }),
    }
  )
}
