/** A UUID has groups of digits too, and is never a card number. */
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi
/** Digits with blanks and dashes between them, and the plus sign that makes a phone number of them. */
const RUN = /\+?\d(?:[\s\p{Pd}]*\d)*/gu
/** ISO/IEC 7812-1: an account number has up to 19 digits; no issuer gives fewer than 13. */
const SHORTEST = 13
const LONGEST = 19
/** ITU-T E.164: a phone number has at most 15 digits. */
const LONGEST_PHONE_NUMBER = 15

/** The check digit of ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: string): boolean {
  let total = 0
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits.at(-1 - place))
    total += place % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2
  }
  return total % 10 === 0
}

/** No industry's numbers begin with 0 (ISO/IEC 7812-1, 4.2: left to ISO). */
const isCardNumber = (digits: string): boolean =>
  digits.length >= SHORTEST && digits.length <= LONGEST && digits[0] !== "0" && passesLuhn(digits)

/**
 * What issuers give out: the first digits, and how many there are (ISO/IEC 7812-1 assigns the digits; the networks
 * publish their lengths).
 */
const ISSUERS = [
  // Visa
  /^4(?:\d{12}|\d{15}|\d{17,18})$/,
  // Mastercard: 51 to 55, 2221 to 2720
  /^(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}$/,
  // American Express
  /^3[47]\d{13}$/,
  // Diners Club
  /^3(?:0[0-5]|095|[689])\d{11,16}$/,
  // JCB
  /^35(?:2[89]|[3-8]\d)\d{12,15}$/,
  // Discover, Maestro, RuPay, UnionPay: 50, 56 to 69, 81, 82
  /^(?:50|5[6-9]|6\d|8[12])\d{11,17}$/,
  // Mir
  /^220[0-4]\d{12,15}$/,
  // Troy
  /^9792\d{12}$/,
]
/** Of these lengths are GTINs too. */
const GTIN_13 = 13
const GTIN_14 = 14

/** The check digit of GS1 General Specifications, 7.9: weighted 1, 3, 1 … from the right, all add up to tens. */
const passesGs1 = (digits: string): boolean =>
  [...digits].reduce((sum, digit, index) => sum + Number(digit) * ((digits.length - index) % 2 ? 1 : 3), 0) %
    10 ===
  0

/** Nobody gives out card numbers of 13 digits any more, and of 14 only Diners Club: any other GTIN is one. */
const isGtin = (digits: string): boolean =>
  (digits.length === GTIN_13 || (digits.length === GTIN_14 && digits[0] !== "3")) && passesGs1(digits)

const isIssued = (digits: string): boolean =>
  isCardNumber(digits) && ISSUERS.some((issuer) => issuer.test(digits)) && !isGtin(digits)

/** Every row of neighbouring groups may be the number: a house number or a postal code may stand beside it. */
function hasCardNumber(groups: readonly string[], isOne: (digits: string) => boolean): boolean {
  for (let first = 0; first < groups.length; first++) {
    let digits = ""
    for (let next = first; next < groups.length && digits.length < LONGEST; next++) {
      digits += groups[next]
      if (isOne(digits)) return true
    }
  }
  return false
}

/** What it says needs no closer look: its digits are those that it shows. */
const PLAIN = /^[\s!-~\p{L}\p{M}\p{P}]*$/u

/** Fewer digits than that are nobody's card number: spares almost every text the closer look. */
const hasFewDigits = (text: string): boolean =>
  PLAIN.test(text) && (text.match(/\d/g)?.length ?? 0) < SHORTEST

/** @param isOne whether digits are a card number */
function contains(text: string, isOne: (digits: string) => boolean): boolean {
  if (hasFewDigits(text)) return false
  // Wide digits are digits, and what cannot be seen parts none.
  const plain = text
    .normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .replace(UUID, " . ")
  return (plain.match(RUN) ?? []).some((run) => {
    const groups = run.match(/\d+/g) ?? []
    const isPhoneNumber = run.startsWith("+") && groups.join("").length <= LONGEST_PHONE_NUMBER
    return !isPhoneNumber && hasCardNumber(groups, isOne)
  })
}

/**
 * Whether a text contains what may be a card number: 13 to 19 digits, blanks and dashes between them ignored, that end
 * in their Luhn digit. What is written as a UUID or as a phone number (`+`, at most 15 digits) is none.
 *
 * One in ten other numbers of that length ends in such a digit by chance (an order number, a GTIN-13, a time in
 * milliseconds): these cannot be told apart and count as card numbers.
 */
export const containsCardNumber = (text: string): boolean => contains(text, isCardNumber)

/**
 * The same for text of which nobody knows what it is: only numbers that an issuer may have given out count, and no
 * GTINs, so that identifiers, article numbers and moments pass.
 */
export const containsIssuedCardNumber = (text: string): boolean => contains(text, isIssued)
