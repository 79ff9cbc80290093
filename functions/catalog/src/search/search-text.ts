import { plainOf, type Vocabulary } from "@eshop/domain/catalog/typos"
import { SEARCH_LANGUAGES, type SearchLanguage, type Term } from "./ports.ts"
import { synonyms } from "./synonyms.ts"

/** More than people type; what follows is not looked for. */
const MAX_TERMS = 16
/** Words of the catalogue that a misspelt one is taken for, at the most. */
const MAX_CANDIDATES = 10
/** Words of the longest synonym. */
const MAX_WORDS = 3
const TOKEN = /-?"[^"]*"?|\S+/gu
const WORD = /^[\p{L}\p{N}]+$/u
const LETTERS = /^\p{L}+$/u

/** The language in which texts are looked for: that of the region's language, else English. */
export const searchLanguageOf = (language: string): SearchLanguage =>
  SEARCH_LANGUAGES.find((one) => one === language.split("-")[0]) ?? "en"

/** The beginnings of words that were typed, as they are compared. */
export const beginningsOf = (text: string): string[] =>
  [...plainOf(text).matchAll(/[\p{L}\p{N}]+/gu)].slice(0, MAX_TERMS).map(([word]) => word)

/** Lets `running shoes` find the meaning of `running shoe`. */
const singular = (words: string): string => plainOf(words).replace(/s\b/g, "")

const meaningsOf = (lines: readonly (readonly string[])[]) =>
  new Map(lines.flatMap((words) => words.map((word) => [singular(word), words] as const)))
const meanings = { en: meaningsOf(synonyms.en), de: meaningsOf(synonyms.de) }

/** The words themselves and what else means the same. */
function alternativesOf(words: string, language: SearchLanguage): Term["any"] {
  const others = (meanings[language].get(singular(words)) ?? []).filter((word) => word !== words)
  return [words, ...others].map((one) => ({ kind: "all" as const, words: one }))
}

type Token = { readonly text: string; readonly not: boolean; readonly quoted: boolean }

function tokensOf(text: string): Token[] {
  return [...text.matchAll(TOKEN)].slice(0, MAX_TERMS).map(([token]) => {
    const not = token.startsWith("-") && token.length > 1
    const said = not ? token.slice(1) : token
    return { text: said.replaceAll('"', " ").trim(), not, quoted: said.startsWith('"') }
  })
}

/** The longest run of tokens from here on that has a meaning of several words; 1 where there is none. */
function runOf(tokens: readonly Token[], from: number, language: SearchLanguage): number {
  for (let length = MAX_WORDS; length > 1; length--) {
    const run = tokens.slice(from, from + length)
    const plain = run.length === length && run.every(({ not, quoted }) => !not && !quoted)
    if (plain && meanings[language].has(singular(run.map(({ text }) => text).join(" ")))) return length
  }
  return 1
}

/**
 * What a text asks for: every term has to be found, or not to be found after a minus; words in quotes as a phrase. The
 * last word may be a beginning, since people see hits while they type.
 */
export function termsOf(text: string, language: SearchLanguage): Term[] {
  const tokens = tokensOf(text)
  const terms: Term[] = []
  for (let place = 0; place < tokens.length; ) {
    const length = runOf(tokens, place, language)
    const { not, quoted } = tokens[place] as Token
    const words = tokens
      .slice(place, place + length)
      .map((token) => token.text)
      .join(" ")
    place += length
    if (words === "") continue
    const begins = place === tokens.length && !quoted && !not && words.length > 1 && WORD.test(words)
    terms.push({
      not,
      any: quoted
        ? [{ kind: "phrase", words }]
        : [
            ...(not ? [{ kind: "all" as const, words }] : alternativesOf(words, language)),
            ...(begins ? [{ kind: "prefix" as const, words }] : []),
          ],
    })
  }
  return terms
}

/** A text with its misspelt words understood: what to look for besides, and how it would be spelt. */
export type Correction = { readonly terms: Term[]; readonly text: string }

/**
 * Takes each word that the catalogue does not know for the words that it may have been; undefined where every word is
 * known, or none of them is near enough to one that is.
 */
export function correctionOf(
  text: string,
  language: SearchLanguage,
  vocabulary: Vocabulary,
): Correction | undefined {
  let corrected = text
  let found = false
  const terms = termsOf(text, language).map((term): Term => {
    const [said] = term.any
    if (term.not || said?.kind !== "all" || !LETTERS.test(said.words) || vocabulary.has(said.words))
      return term
    const candidates = vocabulary.near(said.words).slice(0, MAX_CANDIDATES)
    const [best] = candidates
    if (!best) return term
    found = true
    corrected = corrected.replace(said.words, best.word)
    return {
      not: false,
      any: [...term.any, ...candidates.flatMap(({ word }) => alternativesOf(word, language))],
    }
  })
  return found ? { terms, text: corrected.trim() } : undefined
}
