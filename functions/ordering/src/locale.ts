import type { Money } from "@eshop/domain/kernel/money"

/** The languages that the shop writes in. */
export type Language = "en" | "de"

/** How somebody is written to. */
export type Locale = { readonly language: Language; readonly tag: string }

const GERMAN_SPEAKING = new Set(["DE", "AT", "CH", "LI"])

/** The locale of a country (ISO 3166-1): German where it is the language of most, English everywhere else. */
export function localeOf(country: string | undefined): Locale {
  if (country === undefined) return { language: "en", tag: "en" }
  const language = GERMAN_SPEAKING.has(country) ? "de" : "en"
  return { language, tag: `${language}-${country}` }
}

/** Makes a thing once for each key. To make a format takes a thousand times as long as to use it. */
function once<T>(make: (key: string) => T): (key: string) => T {
  const made = new Map<string, T>()
  return (key) => {
    const thing = made.get(key) ?? make(key)
    made.set(key, thing)
    return thing
  }
}

const moneyFormats = once((currency) =>
  once((tag) => new Intl.NumberFormat(tag, { style: "currency", currency })),
)
const dayFormats = once((tag) => new Intl.DateTimeFormat(tag, { dateStyle: "long", timeZone: "UTC" }))

/** An amount as people of the locale write it. */
export function moneyText({ amount, currency }: Money, { tag }: Locale): string {
  const format = moneyFormats(currency)(tag)
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}

/** A day, in UTC. @param at ISO 8601 */
export const dayText = (at: string, { tag }: Locale): string => dayFormats(tag).format(new Date(at))

/** A moment to the second, in UTC, which it says. @param at ISO 8601 */
export const momentText = (at: string, { tag }: Locale): string =>
  new Intl.DateTimeFormat(tag, {
    year: "numeric",
    month: "long",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZone: "UTC",
    timeZoneName: "short",
  }).format(new Date(at))

/** A share in thousandths of a percent: 19000 is 19 %. */
export const percentText = (rate: number, { tag }: Locale): string =>
  new Intl.NumberFormat(tag, { style: "percent", maximumFractionDigits: 3 }).format(rate / 100_000)
