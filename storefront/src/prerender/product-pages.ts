import type { Frame, Prerendered } from "../../prerender/renderer.ts"
import { type Crumb, type Product, productQuery, stockQuery, trailQuery } from "../catalog/catalog.ts"
import { inLanguage, speak, t } from "../texts/texts.ts"
import { documentOf } from "./document.ts"
import { addressesOf, addressIn, everyLanguage, excerpt } from "./pages.ts"
import { render } from "./render.tsx"
import { breadcrumbData, type Context, decimal, productData } from "./structured-data.ts"

/** A published product with what else its page shows. */
export type ProductToRender = {
  readonly product: Product
  /** Units of each variant that can be ordered. */
  readonly units: Readonly<Record<string, number>>
  /** The way to its first category. */
  readonly trail: readonly Crumb[]
}

/** Beyond this many units a page says that there are some, and stays as it is when there are fewer. */
const PLENTY = 11

/** A product's pages, one for each language of the shop. */
export async function productPages(
  { product, units, trail }: ProductToRender,
  { template, site }: Frame,
): Promise<Prerendered> {
  const path = `/products/${product.slug}`
  const [shown] = product.variants.filter(({ price }) => price !== undefined)
  const answers = [
    { key: productQuery(product.slug).queryKey, data: product },
    { key: trailQuery(product.categories[0]).queryKey, data: trail },
    ...(shown
      ? [
          {
            key: stockQuery(shown.sku).queryKey,
            data: {
              sku: shown.sku,
              available: Math.min(units[shown.sku] ?? 0, PLENTY),
              backorder: shown.backorder,
            },
          },
        ]
      : []),
  ]
  const pages = []
  for (const language of everyLanguage) {
    await speak(language)
    const address = addressIn(language, path)
    const name = inLanguage(product.name)
    const description = excerpt(inLanguage(product.description)) || name
    const context: Context = { site, speak: inLanguage, addressOf: (of) => addressIn(language, of) }
    const { canonical, alternates, isListed } = addressesOf(site, path, language, product.name)
    const [picture] = product.images
    const html = documentOf(template, {
      language,
      title: `${name} · eShop`,
      description,
      canonical,
      alternates,
      openGraph: [
        ["og:type", "product"],
        ["og:site_name", "eShop"],
        ["og:locale", language],
        ["og:title", name],
        ["og:description", description],
        ["og:url", canonical],
        ...(picture
          ? ([
              ["og:image", new URL(picture.url, site).href],
              ["og:image:width", String(picture.width)],
              ["og:image:height", String(picture.height)],
              ["og:image:alt", inLanguage(picture.alt)],
            ] as const)
          : []),
        ...(shown?.price
          ? ([
              ["product:price:amount", decimal(shown.price)],
              ["product:price:currency", shown.price.currency],
            ] as const)
          : []),
      ],
      data: [productData(product, units, context), breadcrumbData(trail, { name, path }, context)],
      body: await render(address, language, answers),
      note: t("prerendered.note"),
      answers,
    })
    pages.push({ address, html, isListed })
  }
  return { id: product.id, pages }
}
