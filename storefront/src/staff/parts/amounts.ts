import { currentLocale } from "../../texts/texts.ts"

/** What stands between the thousands and before the fraction of a number, as a locale writes it. */
function separatorsOf(locale: string): { group: string; decimal: string } {
  const parts = new Intl.NumberFormat(locale).formatToParts(1_234_567.8)
  const separator = (wanted: string) => parts.find(({ type }) => type === wanted)?.value ?? "."
  return { group: separator("group"), decimal: separator("decimal") }
}

/** `1,234.5` in English, `1.234,5` in German: without the marks between its thousands, where they stand as they should. */
function ungrouped(typed: string, locale: string): string {
  const { group, decimal } = separatorsOf(locale)
  const [whole = "", ...fraction] = typed.split(decimal)
  const groups = whole.split(group)
  const isGrouped = groups.length > 1 && /^\d{1,3}(,\d{2,3})*,\d{3}$/.test(groups.join(","))
  return isGrouped ? [groups.join(""), ...fraction].join(".") : typed
}

/**
 * Reads a decimal number as a person types it, with a point or a comma before its fraction: `12`, `12.5`, `12,50`; with
 * marks between its thousands where the locale puts them. Digit by digit, never through a fraction.
 * @param digits how many of them there may be behind the point. From three on no marks between thousands are read: `9.975`
 *   would be two numbers
 * @returns the number without its point: of `12.5` with two digits 1250; undefined for what is no such number
 */
export function readDecimal(typed: string, digits: number, locale = currentLocale()): number | undefined {
  const plain = digits < 3 ? ungrouped(typed.trim(), locale) : typed.trim()
  const [, whole, rest = ""] = /^(\d{1,11})(?:[.,](\d+))?$/.exec(plain) ?? []
  if (whole === undefined || rest.length > digits) return undefined
  return Number(whole + rest.padEnd(digits, "0"))
}

/** A number of which the last digits lie behind the point, as a field shows it: of 1250 with two `12.50`, in German `12,50`. */
export function writeDecimal(value: number, digits: number, locale = currentLocale()): string {
  const written = String(value).padStart(digits + 1, "0")
  if (digits === 0) return written
  return `${written.slice(0, -digits)}${separatorsOf(locale).decimal}${written.slice(-digits)}`
}

/** How many digits a currency has behind the point: 2 of USD, 0 of JPY. */
const digitsOf = (currency: string): number =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2

/** Reads an amount that is typed in major units. @returns minor units; undefined for what is no amount of the currency */
export const readAmount = (typed: string, currency: string, locale = currentLocale()): number | undefined =>
  readDecimal(typed, digitsOf(currency), locale)

/** An amount of minor units as a field shows it: `12.50`, in German `12,50`. */
export const writeAmount = (amount: number, currency: string, locale = currentLocale()): string =>
  writeDecimal(amount, digitsOf(currency), locale)
