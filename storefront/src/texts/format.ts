import { currentLanguage, currentLocale } from "./texts.ts"

/** Integer minor units, as everywhere in the shop. */
export type Money = { readonly amount: number; readonly currency: string }

/** An amount as the visitor's language writes it. */
export function money({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat(currentLocale(), { style: "currency", currency })
  return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}

/** A day, in the visitor's own time zone. */
export const day = (instant: string): string =>
  new Intl.DateTimeFormat(currentLocale(), { dateStyle: "long" }).format(new Date(instant))

/** A day with its time, in the visitor's own time zone. */
export const moment = (instant: string): string =>
  new Intl.DateTimeFormat(currentLocale(), { dateStyle: "medium", timeStyle: "short" }).format(
    new Date(instant),
  )

/** A tax rate in thousandths of a percent. */
export const percentage = (thousandths: number): string =>
  new Intl.NumberFormat(currentLocale(), { style: "percent", maximumFractionDigits: 3 }).format(
    thousandths / 100_000,
  )

/** A country's name for its ISO code. */
export const countryName = (code: string): string =>
  new Intl.DisplayNames([currentLanguage()], { type: "region" }).of(code) ?? code

/** Seconds as minutes and seconds: `14:05`. */
export const countdown = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`
