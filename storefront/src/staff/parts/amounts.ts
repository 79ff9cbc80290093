/**
 * Reads a decimal number as a person types it, with a point or a comma: `12`, `12.5`, `12,50`. Digit by digit, never through a
 * fraction.
 * @param digits how many of them there may be behind the point
 * @returns the number without its point: of `12.5` with two digits 1250; undefined for what is no such number
 */
export function readDecimal(typed: string, digits: number): number | undefined {
  const [, whole, rest = ""] = /^(\d{1,11})(?:[.,](\d+))?$/.exec(typed.trim()) ?? []
  if (whole === undefined || rest.length > digits) return undefined
  return Number(whole + rest.padEnd(digits, "0"))
}

/** A number of which the last digits lie behind the point, as a field shows it: of 1250 with two `12.50`. */
export function writeDecimal(value: number, digits: number): string {
  const written = String(value).padStart(digits + 1, "0")
  return digits === 0 ? written : `${written.slice(0, -digits)}.${written.slice(-digits)}`
}

/** How many digits a currency has behind the point: 2 of USD, 0 of JPY. */
const digitsOf = (currency: string): number =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 2

/** Reads an amount that is typed in major units. @returns minor units; undefined for what is no amount of the currency */
export const readAmount = (typed: string, currency: string): number | undefined =>
  readDecimal(typed, digitsOf(currency))

/** An amount of minor units as a field shows it: `12.50`. */
export const writeAmount = (amount: number, currency: string): string =>
  writeDecimal(amount, digitsOf(currency))
