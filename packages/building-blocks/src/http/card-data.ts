import type { HttpRequest } from "@azure/functions"
import { containsIssuedCardNumber } from "@eshop/domain/kernel/card-number"
import type { InvalidField } from "./problem.ts"

const MESSAGE = "Must not contain card data; pay with a payment method's token"

/** Members that are there for card data, whatever they hold; written in any case, with or without separators. */
const CARD_MEMBERS = new Set([
  "cvv",
  "cvv2",
  "cvc",
  "cvc2",
  "cvn",
  "cardcvv",
  "cardcvc",
  "cardnumber",
  "cardverificationcode",
  "cardverificationvalue",
])
/** A member that holds article numbers, which may look like card numbers. */
const ARTICLE_MEMBER = "gtin"

/**
 * Headers that are made by machines: signatures, identifiers and what a platform adds on the way. Their digits are
 * random, and may look like a card number.
 */
const MACHINE_HEADERS =
  /^(?:authorization|cookie|traceparent|tracestate|baggage|request-id|user-agent|via|forwarded|.*-(?:signature|token)|x-(?:arr|azure|appgw|client|forwarded|fd|ms|original|real|request|site|waws).*)$/

const isCardMember = (name: string): boolean => CARD_MEMBERS.has(name.toLowerCase().replace(/[\s._-]/g, ""))

const invalid = (path: readonly PropertyKey[]): InvalidField => ({
  path,
  code: "card_data",
  message: MESSAGE,
})

/**
 * Members of a request that hold card data: card numbers in texts, numbers and names of members, and whatever is called
 * a card's number or verification code. No schema need know of them: nothing else of the request is looked at.
 * @param input parsed JSON, not nested too deep
 */
export function cardDataIn(input: unknown, path: readonly PropertyKey[] = []): InvalidField[] {
  if (typeof input === "string" || typeof input === "number")
    return path.at(-1) !== ARTICLE_MEMBER && containsIssuedCardNumber(String(input)) ? [invalid(path)] : []
  if (typeof input !== "object" || input === null) return []
  return Object.entries(input).flatMap(([name, value]) => {
    // The answer must not repeat the number.
    if (containsIssuedCardNumber(name)) return [invalid(path)]
    return isCardMember(name) ? [invalid([...path, name])] : cardDataIn(value, [...path, name])
  })
}

/** The name of a member in JSON as it is written. */
const MEMBER = /"([^"\\]{3,40})"\s*:/g
const ARTICLE = new RegExp(`"${ARTICLE_MEMBER}"\\s*:\\s*"\\d{8,14}"`, "g")
const ESCAPE = /\\u([0-9a-f]{4})/gi

/** The same for bytes that are read later, or by others. */
export function cardDataInBytes(bytes: Buffer): InvalidField[] {
  const text = bytes
    .toString("utf8")
    .replace(ESCAPE, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(ARTICLE, "")
  const hasMember = [...text.matchAll(MEMBER)].some(([, name]) => isCardMember(name as string))
  return hasMember || containsIssuedCardNumber(text) ? [invalid([])] : []
}

/** The same for the headers and the query as they came, also for what nobody reads. */
export function cardDataAround({ headers, query }: HttpRequest): InvalidField[] {
  const named = [...headers].filter(([name]) => !MACHINE_HEADERS.test(name))
  return [
    ...(named.some(([, value]) => containsIssuedCardNumber(value)) ? [invalid([])] : []),
    ...cardDataIn(Object.fromEntries(query)),
  ]
}
