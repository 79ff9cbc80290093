const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi
/** 15 to 19 digits, or the 14 of Diners Club, with blanks or dashes between them; shorter ones are article numbers. */
const CANDIDATE = /(?<!\d)(?:[2-9](?:[ +-]?\d){14,18}|3[ +-]?[0689](?:[ +-]?\d){12})(?!\d)/g

function passesLuhn(digits: string): boolean {
  const weighted = [...digits].reverse().map((digit, place) => Number(digit) * (place % 2 === 0 ? 1 : 2))
  return weighted.reduce((sum, value) => sum + (value > 9 ? value - 9 : value), 0) % 10 === 0
}

const decoded = (target: string): string => {
  try {
    return decodeURIComponent(target)
  } catch {
    return target
  }
}

/**
 * Whether a request target holds what may be a card number. The apps refuse them anywhere in a request; what is in a
 * path or a query has to be refused before an app's host writes it into its log.
 */
export const holdsCardNumber = (target: string): boolean =>
  (decoded(target).replace(UUID, " . ").match(CANDIDATE) ?? []).some((found) =>
    passesLuhn(found.replace(/\D/g, "")),
  )
