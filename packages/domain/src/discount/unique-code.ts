/** Without 0 and O, 1, I and L, U and V: nobody reads one for the other. */
export const CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTWXYZ"

/** 29^10, about 4.2 × 10^14: with a million codes a guess hits one in 400 million. */
const SUFFIX_LENGTH = 10

/** A code has at most 32 characters: of the series, a dash, and its own. */
export const LONGEST_SERIES = 32 - 1 - SUFFIX_LENGTH

/**
 * The part of a unique code that tells it from others of its series.
 * @param random gives a whole number from 0 to below its argument, each as likely
 */
export const newSuffix = (random: (below: number) => number): string =>
  Array.from({ length: SUFFIX_LENGTH }, () => CODE_ALPHABET[random(CODE_ALPHABET.length)]).join("")

export const uniqueCodeOf = (series: string, suffix: string): string => `${series}-${suffix}`

/** The coupon that a unique code would be of, and what tells it from others; undefined when it cannot be one. */
export function takeApart(code: string): { series: string; suffix: string } | undefined {
  const dash = code.length - SUFFIX_LENGTH - 1
  return dash >= 3 && code[dash] === "-"
    ? { series: code.slice(0, dash), suffix: code.slice(dash + 1) }
    : undefined
}
