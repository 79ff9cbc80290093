import { vocabularyOf } from "@eshop/domain/catalog/typos"
import { expect, test } from "vitest"
import { beginningsOf, correctionOf, searchLanguageOf, termsOf } from "./search-text.ts"

const all = (words: string) => ({ kind: "all", words })
const prefix = (words: string) => ({ kind: "prefix", words })

test("every word is a term; the last one may be a beginning", () => {
  expect(termsOf("oak tab", "en")).toEqual([
    { not: false, any: [all("oak")] },
    { not: false, any: [all("tab"), prefix("tab")] },
  ])
})

test("a word is found by what means the same, also in the plural, and several words by one", () => {
  expect(termsOf("Fridges", "en")[0]?.any).toEqual([
    all("Fridges"),
    all("fridge"),
    all("refrigerator"),
    prefix("Fridges"),
  ])
  expect(termsOf("red record player", "en")).toEqual([
    { not: false, any: [all("red")] },
    { not: false, any: [all("record player"), all("turntable")] },
  ])
  expect(termsOf("fridge", "de")[0]?.any).toEqual([all("fridge"), prefix("fridge")])
})

test("quotes make a phrase, a minus keeps away; neither has synonyms or beginnings", () => {
  expect(termsOf('"cast iron" -fridge -"two words"', "en")).toEqual([
    { not: false, any: [{ kind: "phrase", words: "cast iron" }] },
    { not: true, any: [all("fridge")] },
    { not: true, any: [{ kind: "phrase", words: "two words" }] },
  ])
})

test.each(["", "   ", '""', '-""'])("%j asks for nothing", (text) => {
  expect(termsOf(text, "en")).toEqual([])
})

test.each(["-", "&|!()<->:*", "\\", "'", '"', "a:*", "-- --", "½ ٣ ß 漢字", "x".repeat(200)])(
  "%j is text like any other",
  (text) => {
    expect(Array.isArray(termsOf(text, "en"))).toBe(true)
  },
)

test("an unknown word is taken for those near it, with what they mean; known words and phrases stay", () => {
  const vocabulary = vocabularyOf(["refrigerator", "steel", "headphones"])
  const correction = correctionOf(" steel refridgerator ", "en", vocabulary)
  expect(correction?.text).toBe("steel refrigerator")
  expect(correction?.terms[1]?.any).toEqual([
    all("refridgerator"),
    prefix("refridgerator"),
    all("refrigerator"),
    all("fridge"),
  ])
  for (const known of ["steel", "stee", '"headphnes"', "-headphnes", "headphnes1", "violin"])
    expect(correctionOf(known, "en", vocabulary)).toBeUndefined()
})

test("a region's language is its language's, and any other is English", () => {
  expect(["de", "de-AT", "en-GB", "fr", "pt-BR"].map(searchLanguageOf)).toEqual([
    "de",
    "de",
    "en",
    "en",
    "en",
  ])
})

test("what was typed is taken apart into beginnings without case and accents", () => {
  expect(beginningsOf(" Café-Maschine % _ x2 ")).toEqual(["cafe", "maschine", "x2"])
})
