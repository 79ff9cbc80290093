import { filled, type Values } from "./filled.ts"
import { currentLanguage } from "./texts.ts"

/** The texts of a catalogue in another language: the same keys, or it does not compile. */
export type Translated<Texts> = { readonly [Key in keyof Texts]: string }

/** A catalogue of texts, said in the language that is chosen; its keys are checked when they are used. */
export const messages =
  <const Texts extends Readonly<Record<string, string>>>(en: Texts, de: Translated<Texts>) =>
  (key: keyof Texts & string, values: Values = {}): string =>
    filled(currentLanguage() === "de" ? de[key] : (en[key] as string), values)
