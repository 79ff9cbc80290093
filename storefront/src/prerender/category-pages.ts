import type { Frame, Prerendered } from "../../prerender/renderer.ts"
import { type Crumb, type Found, searchQuery, trailQuery } from "../catalog/catalog.ts"
import { inLanguage, type Language, speak, t } from "../texts/texts.ts"
import { documentOf } from "./document.ts"
import { addressesOf, addressIn } from "./pages.ts"
import { render } from "./render.tsx"
import { breadcrumbData } from "./structured-data.ts"

/**
 * A category's pages, one for each language of the shop.
 * @param trail the way to it, itself at its end
 * @param found the first page of its list, by language
 */
export async function categoryPages(
  trail: readonly Crumb[],
  found: ReadonlyMap<Language, Found>,
  { template, site }: Frame,
): Promise<Prerendered> {
  const { id, slug, name: names } = trail.at(-1) as Crumb
  const path = `/categories/${slug}`
  const pages = []
  for (const [language, data] of found) {
    await speak(language)
    const address = addressIn(language, path)
    const name = inLanguage(names)
    const { canonical, alternates, isListed } = addressesOf(site, path, language, names)
    const description = t("prerendered.category", {
      name,
      products: data.items
        .slice(0, 4)
        .map((card) => card.name)
        .join(", "),
    })
    // The keys name the language that is spoken.
    const answers = [
      { key: searchQuery({ category: slug }).queryKey, data },
      { key: trailQuery(slug).queryKey, data: trail },
    ]
    const context = { site, speak: inLanguage, addressOf: (of: string) => addressIn(language, of) }
    const html = documentOf(template, {
      ...{ language, title: `${name} · eShop`, description, canonical, alternates },
      openGraph: [
        ["og:type", "website"],
        ["og:site_name", "eShop"],
        ["og:locale", language],
        ["og:title", name],
        ["og:description", description],
        ["og:url", canonical],
      ],
      data: [breadcrumbData(trail, undefined, context)],
      body: await render(address, language, answers),
      note: t("prerendered.note"),
      answers,
    })
    pages.push({ address, html, isListed })
  }
  return { id, pages }
}
