import type { Crumb, Product, Variant } from "../catalog/catalog.ts"
import type { Money } from "../texts/format.ts"

/** A text in a language, else in English; `undefined` where there is none. */
export type Speak = (text: Readonly<Record<string, string>>) => string

/** Where a page is, and how its texts are said. */
export type Context = {
  /** The shop's origin: `https://shop.example`. */
  readonly site: string
  readonly speak: Speak
  /** The address of a path in the page's language. */
  readonly addressOf: (path: string) => string
}

/** An amount as schema.org writes it: `12.50`. */
export function decimal({ amount, currency }: Money): string {
  const { maximumFractionDigits = 2 } = new Intl.NumberFormat("en", {
    style: "currency",
    currency,
  }).resolvedOptions()
  return (amount / 10 ** maximumFractionDigits).toFixed(maximumFractionDigits)
}

const absolute = (site: string, url: string): string => new URL(url, site).href

function availability({ backorder }: Variant, units: number): string {
  if (units > 0) return "https://schema.org/InStock"
  return `https://schema.org/${backorder ? "BackOrder" : "OutOfStock"}`
}

/**
 * A product as search engines read it (https://schema.org/Product), an offer for each variant that is sold.
 * @param units what can be ordered of each variant, at this moment
 */
export function productData(
  product: Product,
  units: Readonly<Record<string, number>>,
  { site, speak, addressOf }: Context,
): object {
  const url = site + addressOf(`/products/${product.slug}`)
  const description = speak(product.description)
  return {
    "@context": "https://schema.org",
    "@type": "Product",
    name: speak(product.name),
    url,
    ...(description !== "" && { description }),
    ...(product.images.length > 0 && { image: product.images.map((image) => absolute(site, image.url)) }),
    ...(product.brand !== undefined && { brand: { "@type": "Brand", name: product.brand } }),
    offers: product.variants.flatMap((variant) => {
      const { sku, gtin, price } = variant
      if (!price) return []
      return [
        {
          "@type": "Offer",
          sku,
          ...(gtin !== undefined && { gtin }),
          url: `${url}?sku=${encodeURIComponent(sku)}`,
          price: decimal(price),
          priceCurrency: price.currency,
          availability: availability(variant, units[sku] ?? 0),
          itemCondition: "https://schema.org/NewCondition",
        },
      ]
    }),
  }
}

/** The way to a page (https://schema.org/BreadcrumbList). @param last the page itself, where no category is */
export function breadcrumbData(
  trail: readonly Crumb[],
  last: { readonly name: string; readonly path: string } | undefined,
  { site, speak, addressOf }: Context,
): object {
  const steps = [
    ...trail.map(({ slug, name }) => ({ name: speak(name), path: `/categories/${slug}` })),
    ...(last ? [last] : []),
  ]
  return {
    "@context": "https://schema.org",
    "@type": "BreadcrumbList",
    itemListElement: steps.map(({ name, path }, index) => ({
      "@type": "ListItem",
      position: index + 1,
      name,
      item: site + addressOf(path),
    })),
  }
}
