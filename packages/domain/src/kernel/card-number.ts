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

/** Every row of neighbouring groups may be the number: a house number or a postal code may stand beside it. */
function hasCardNumber(groups: readonly string[]): boolean {
  for (let first = 0; first < groups.length; first++) {
    let digits = ""
    for (let next = first; next < groups.length && digits.length < LONGEST; next++) {
      digits += groups[next]
      if (isCardNumber(digits)) return true
    }
  }
  return false
}

/**
 * Whether a text contains what may be a card number: 13 to 19 digits, blanks and dashes between them ignored, that end
 * in their Luhn digit. What is written as a UUID or as a phone number (`+`, at most 15 digits) is none.
 *
 * One in ten other numbers of that length ends in such a digit by chance (an order number, a GTIN-13, a time in
 * milliseconds): these cannot be told apart and count as card numbers.
 */
export function containsCardNumber(text: string): boolean {
  // Wide digits are digits, and what cannot be seen parts none.
  const plain = text
    .normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .replace(UUID, " . ")
  return (plain.match(RUN) ?? []).some((run) => {
    const groups = run.match(/\d+/g) ?? []
    const isPhoneNumber = run.startsWith("+") && groups.join("").length <= LONGEST_PHONE_NUMBER
    return !isPhoneNumber && hasCardNumber(groups)
  })
}
