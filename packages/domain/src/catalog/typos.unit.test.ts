import fc from "fast-check"
import { expect, test } from "vitest"
import { plainOf, typosAllowed, typosBetween, vocabularyOf } from "./typos.ts"

/** The textbook's recursion: slow, and plain to see. */
function slowly(a: string, b: string): number {
  if (a === "" || b === "") return a.length + b.length
  const [restA, restB] = [a.slice(0, -1), b.slice(0, -1)]
  const wrong = slowly(restA, restB) + (a.at(-1) === b.at(-1) ? 0 : 1)
  const least = Math.min(wrong, slowly(restA, b) + 1, slowly(a, restB) + 1)
  const swapped = a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1)
  return swapped ? Math.min(least, slowly(a.slice(0, -2), b.slice(0, -2)) + 1) : least
}
const word = (maxLength: number) => fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength })

test.each([
  ["phone", "phone", 0],
  ["phone", "fone", 2],
  ["phone", "phonr", 1],
  ["phone", "hpone", 1],
  ["headphones", "hedphone", 2],
  ["", "ab", 2],
])("between %s and %s are %i typos", (a, b, typos) => {
  expect([typosBetween(a, b, 5), typosBetween(b, a, 5)]).toEqual([typos, typos])
})

test("typos are counted as the textbook does, up to the bound", () => {
  fc.assert(
    fc.property(word(6), word(6), fc.nat(4), (a, b, max) => {
      expect(typosBetween(a, b, max)).toBe(Math.min(slowly(a, b), max + 1))
    }),
    { numRuns: 2_000 },
  )
})

test("a word may have no typo up to four letters, one from five on, two from nine on", () => {
  expect(["four", "fives", "eightlet", "nineletrs"].map(typosAllowed)).toEqual([0, 1, 1, 2])
})

test("the words that are near are exactly those within the typos that are allowed", () => {
  const letter = fc.constantFrom("a", "e", "n", "s", "t", "ü")
  const any = fc.string({ unit: letter, minLength: 1, maxLength: 12 })
  fc.assert(
    fc.property(fc.array(any, { maxLength: 60 }), any, (words, typed) => {
      const found = vocabularyOf(words).near(typed)
      const plain = plainOf(typed)
      const expected = [...new Set(words.map(plainOf))].filter((one) => {
        const allowed = typosAllowed(plain)
        return allowed > 0 && typosBetween(plain, one, 9) <= allowed
      })
      expect(found.map((one) => plainOf(one.word)).sort()).toEqual(expected.sort())
      expect(found.map(({ typos }) => typos)).toEqual(found.map(({ typos }) => typos).sort())
    }),
    { numRuns: 500 },
  )
})

test("case and accents are no typos, and the word comes back as it is written", () => {
  const words = vocabularyOf(["Kopfhörer", "straße"])
  expect([words.has("kopfhorer"), words.has("STRASSE"), words.has("kopf")]).toEqual([true, true, false])
  expect(words.near("kopfhörrer")).toEqual([{ word: "Kopfhörer", typos: 1 }])
})
