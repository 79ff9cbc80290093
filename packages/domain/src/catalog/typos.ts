/** A word of the catalogue that a misspelt one may have meant, and how many typos lie between them. */
export type Candidate = { readonly word: string; readonly typos: number }

/** Words of the catalogue, prepared to be compared with what people type. */
export type Vocabulary = {
  /** Whether the word is there; case and accents do not matter. */
  has(word: string): boolean
  /** The words within the typos that a word of this length may have, the nearest first. */
  near(word: string): readonly Candidate[]
}

/** A word as it is compared: in lower case, without accents. */
export const plainOf = (word: string): string =>
  word.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ß", "ss")

/** How many typos a word may have: one from five letters on, two from nine. */
export const typosAllowed = (word: string): 0 | 1 | 2 => (word.length < 5 ? 0 : word.length < 9 ? 1 : 2)

/**
 * How many typos make one word the other: a letter that is wrong, missing or too many, or two neighbours that changed
 * places (Damerau–Levenshtein, optimal string alignment).
 * @returns the number, or `max + 1` for any that is greater than `max`
 */
export function typosBetween(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, place) => place)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    let least = i
    for (let j = 1; j <= b.length; j++) {
      const wrong = (last[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let typos = Math.min(wrong, (last[j] as number) + 1, (row[j - 1] as number) + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        typos = Math.min(typos, (beforeLast[j - 2] as number) + 1)
      row.push(typos)
      least = Math.min(least, typos)
    }
    // A swap reaches back over one row only, from a cell that costs at least as much as the least of the last row less one.
    if (least > max && Math.min(...last) > max) return max + 1
    beforeLast = last
    last = row
  }
  return Math.min(last[b.length] as number, max + 1)
}

/** Which letters a word has, as bits: a typo changes at most two of them. */
const lettersOf = (word: string): number => {
  let bits = 0
  for (let place = 0; place < word.length; place++) bits |= 1 << (word.charCodeAt(place) & 31)
  return bits
}

function bitsIn(value: number): number {
  let bits = value - ((value >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}

/** Prepares words for comparison; looking for one takes about a millisecond among 50,000. */
export function vocabularyOf(words: Iterable<string>): Vocabulary {
  const byPlain = new Map<string, string>()
  for (const word of words) byPlain.set(plainOf(word), word)
  const plain = [...byPlain.keys()]
  const letters = Int32Array.from(plain, lettersOf)
  return {
    has: (word) => byPlain.has(plainOf(word)),
    near(word) {
      const typed = plainOf(word)
      const allowed = typosAllowed(typed)
      if (allowed === 0) return []
      const typedLetters = lettersOf(typed)
      const candidates: Candidate[] = []
      for (let place = 0; place < plain.length; place++) {
        if (bitsIn((letters[place] as number) ^ typedLetters) > 2 * allowed) continue
        const known = plain[place] as string
        const typos = typosBetween(typed, known, allowed)
        if (typos <= allowed) candidates.push({ word: byPlain.get(known) as string, typos })
      }
      return candidates.sort(
        (a, b) => a.typos - b.typos || sharedStart(typed, b.word) - sharedStart(typed, a.word),
      )
    },
  }
}

/** How many letters two words begin with alike: typos are rarer at the beginning. */
function sharedStart(typed: string, word: string): number {
  const known = plainOf(word)
  let length = 0
  while (length < typed.length && typed[length] === known[length]) length++
  return length
}
