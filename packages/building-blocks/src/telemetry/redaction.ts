import { containsIssuedCardNumber } from "@eshop/domain/kernel/card-number"

/** What a struck-out value is replaced by. */
export const STRUCK_OUT = "[redacted]"

/** Members that no line has a right to: who somebody is, where they live, what they pay with, what opens doors. */
export const struckOutNames = [
  ...["email", "emailAddress", "name", "firstName", "lastName", "fullName", "customerName", "recipient"],
  ...[
    "address",
    "shippingAddress",
    "billingAddress",
    "addressLine",
    "street",
    "city",
    "zipCode",
    "postalCode",
  ],
  ...["phone", "phoneNumber", "birthday", "dateOfBirth", "clientAddress", "clientIp"],
  ...["customerId", "guestId", "userId"],
  ...["card", "cardNumber", "cvc", "cvv", "iban", "expiry", "paymentMethod", "paymentMethodToken"],
  ...["token", "accessToken", "refreshToken", "idToken", "guestToken", "orderToken", "bearer"],
  ...["authorization", "cookie", "setCookie", "proxyAuthorization", "idempotencyKey"],
  ...["password", "passphrase", "secret", "clientSecret", "privateKey", "apiKey", "key", "accountKey"],
  ...["sharedAccessKey", "connectionString", "credential", "credentials", "signature"],
] as const

const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
const capital = (name: string) => name.replace(/^./, (letter) => letter.toUpperCase())

/** Those members, in each way in which programs and protocols write them, as pino's `redact` takes them. */
export const redactedPaths: readonly string[] = [
  ...new Set(
    struckOutNames
      .flatMap((name) => {
        const words = kebab(name)
        const header = words.split("-").map(capital).join("-")
        return [name, capital(name), name.toUpperCase(), name.toLowerCase()].concat(
          words.includes("-") ? [words, header, `x-${words}`, words.replaceAll("-", "_")] : [],
        )
      })
      .concat("x-api-key", "X-API-Key"),
  ),
].map((name) => `["${name}"]`)

/** Most texts hold nothing of the kind, and are told by one look. */
const SUSPICIOUS = /@|:\/\/|ey[JK]|[=:]|bearer|basic|whsec_|[sr]k_|pm_|(?:\d[ -]?){12}/i

/** What is struck out of a text, and what stays in its place. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // The password of an address with a user in it: postgres://user:password@host.
  [/\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s:/@]{0,128}):[^\s@/]{1,512}@/gi, `$1:${STRUCK_OUT}@`],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${STRUCK_OUT}`],
  // A JSON Web Token, or what of one is left.
  [/\bey[JK][\w-]{10,}(?:\.[\w-]*){0,2}/g, STRUCK_OUT],
  // Connection strings, query strings, settings: what stands behind the name of a secret.
  [
    /\b([\w-]{0,40}(?:key|keys|password|pwd|secret|token|signature|sig|cookie|authorization)"?\s*[=:]\s*)("[^"]*"|[^\s;,&"')\]}]+)/gi,
    `$1${STRUCK_OUT}`,
  ],
  // Keys and tokens of the payment provider, and secrets of webhooks.
  [/\b(?:sk|rk|pm|whsec)_[\w]{6,}/g, STRUCK_OUT],
  [/[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}.-]{1,253}\.\p{L}{2,24}/gu, STRUCK_OUT],
]

/** Digits as card numbers are written; identifiers go on in letters or dashes. */
const DIGITS = /(?<![\w-])(?:\d[ -]?){12,18}\d(?![\w-])/g

/** Nobody reads more of one text, and log stores take no more of one line than twice as much. */
const LONGEST = 16_384

/** At the end of what is cut, where a half of something might be left. */
const LAST_WORD = /\S{1,1024}$/

/**
 * The text without e-mail addresses, tokens, passwords, keys and card numbers; ids, codes and times stay. One of more than
 * 16,384 characters is cut.
 */
export function scrubbed(text: string): string {
  const short = text.length > LONGEST ? `${text.slice(0, LONGEST).replace(LAST_WORD, "")}…` : text
  if (!SUSPICIOUS.test(short)) return short
  return PATTERNS.reduce((left, [pattern, replacement]) => left.replace(pattern, replacement), short).replace(
    DIGITS,
    (digits) => (containsIssuedCardNumber(digits) ? STRUCK_OUT : digits),
  )
}
