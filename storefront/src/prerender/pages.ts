import { basepathOf, DEFAULT_LANGUAGE, type Language, languages } from "../texts/texts.ts"

/** The address of a path in a language. */
export const addressIn = (language: Language, path: string): string =>
  language === DEFAULT_LANGUAGE ? path : basepathOf(language) + path

/** The languages of the shop's own words, the one of addresses without a language first. */
export const everyLanguage = Object.keys(languages) as Language[]

/**
 * The address that stands for a page, and the same page in the languages that its texts are there in. In another language
 * the page is a copy: the shop's words around the same texts.
 */
export function addressesOf(
  site: string,
  path: string,
  language: Language,
  texts: Readonly<Record<string, string>>,
) {
  const written = everyLanguage.filter((one) => texts[one] !== undefined)
  const isListed = written.includes(language)
  const url = (one: Language) => site + addressIn(one, path)
  return {
    isListed,
    canonical: url(isListed ? language : DEFAULT_LANGUAGE),
    alternates:
      written.length < 2
        ? []
        : [
            ...written.map((one) => ({ language: one, url: url(one) })),
            { language: "x-default", url: url(DEFAULT_LANGUAGE) },
          ],
  }
}

/** About as much as search engines show. */
const EXCERPT = 160

/** The beginning of a text in one line, up to a word's end. */
export function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim()
  if (line.length <= EXCERPT) return line
  return `${line.slice(0, EXCERPT).replace(/\s+\S*$/, "")} …`
}
