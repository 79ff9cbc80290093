import { createHash } from "node:crypto"
import * as z from "zod"

/** Crockford's alphabet of base 32: no letter that is read as a digit or as another letter. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
/** Without the check symbol: 55 bits, so that among 10^8 orders few share a number. */
const SYMBOLS = 11
const WHOLE = new RegExp(`^[${ALPHABET}]{${SYMBOLS + 1}}$`)

/**
 * The number of an order that people can read out: `7K3M-Q2XW-9DT4`. Derived from its id, so whoever knows the id can say
 * it; the last symbol checks the others.
 */
export function orderNumberOf(orderId: string): string {
  const hash = createHash("sha256").update(orderId.toLowerCase()).digest()
  let bits = hash.readBigUInt64BE()
  let symbols = ""
  for (let index = 0; index < SYMBOLS; index++) {
    symbols += ALPHABET[Number(bits & 31n)]
    bits >>= 5n
  }
  return grouped(symbols + checkSymbol(symbols))
}

/**
 * The order number that a person typed or read out, in any case, with or without blanks and dashes, and with the letters
 * O, I and L for the digits that they look like.
 * @returns it as it is written; undefined for what is none, one wrong symbol included
 */
export function readOrderNumber(text: string): string | undefined {
  const symbols = text.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1")
  if (!WHOLE.test(symbols)) return undefined
  return checkSymbol(symbols.slice(0, SYMBOLS)) === symbols[SYMBOLS] ? grouped(symbols) : undefined
}

/** An order number as a request may carry it, read as {@link readOrderNumber} does. */
export const OrderNumber = z
  .string()
  .max(40)
  .transform((text, context) => {
    const number = readOrderNumber(text)
    if (number !== undefined) return number
    context.addIssue("Not an order number")
    return z.NEVER
  })

const grouped = (symbols: string): string => symbols.replace(/^(.{4})(.{4})(.{4})$/, "$1-$2-$3")

/** By Luhn's algorithm modulo 32: it finds every wrong symbol, and two that changed places. */
function checkSymbol(symbols: string): string {
  const size = ALPHABET.length
  const sum = [...symbols].reverse().reduce((total, symbol, index) => {
    const doubled = ALPHABET.indexOf(symbol) * (index % 2 === 0 ? 2 : 1)
    return total + Math.floor(doubled / size) + (doubled % size)
  }, 0)
  return ALPHABET[(size - (sum % size)) % size] as string
}
