import * as z from "zod"
import { freeText } from "./text.ts"

/** BCP 47, a language with or without a region: `en`, `de`, `pt-BR`. */
export const Language = z
  .string()
  .regex(/^[a-z]{2,3}(?:-[A-Z]{2})?$/)
  .describe("Language: BCP 47, with or without a region")

/** What every text is there in, and what is shown where a translation is missing. */
export const DEFAULT_LANGUAGE = "en"

/** A text by language; at least in the default one. @param text the schema of one translation */
export const localised = <T extends z.ZodType<string>>(text: T) =>
  z.record(Language, text).refine((texts) => texts[DEFAULT_LANGUAGE] !== undefined, {
    error: `Must be there in the default language (${DEFAULT_LANGUAGE})`,
  })

/** A line of text in several languages. @param max characters of each */
export const localisedLine = (max: number) => localised(freeText(max))

/** So many languages besides the default one: what is stated of a discount goes with every line of an order. */
const MOST_TRANSLATIONS = 5

/** A text in other languages than the default one. @param text the schema of one translation */
export const translationsOf = <T extends z.ZodType<string>>(text: T) =>
  z
    .record(Language, text)
    .refine((texts) => Object.keys(texts).length <= MOST_TRANSLATIONS, {
      error: `At most ${MOST_TRANSLATIONS} languages`,
    })
    .refine((texts) => texts[DEFAULT_LANGUAGE] === undefined, {
      error: `The default language (${DEFAULT_LANGUAGE}) is no translation`,
    })

export type LocalisedText = Readonly<Record<string, string>>

/** The text in this language, else without its region, else in the default one. */
export const inLanguage = (text: LocalisedText, language: string): string =>
  text[language] ?? text[language.split("-")[0] as string] ?? text[DEFAULT_LANGUAGE] ?? ""
