import { useSyncExternalStore } from "react"
import { en, type TextKey, type Texts } from "./en.ts"
import { filled, type Values } from "./filled.ts"

export type Language = "en" | "de"

export const languages: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch" }

const CHOICE = "shop.language"
const loaders: Record<Language, () => Promise<Texts>> = {
  en: async () => en,
  de: async () => (await import("./de.ts")).de,
}

let texts: Texts = en
let language: Language = "en"
const listeners = new Set<() => void>()

const isLanguage = (value: string | undefined | null): value is Language => value === "en" || value === "de"

/** What every page is there in, at an address without a language. */
export const DEFAULT_LANGUAGE: Language = "en"

/** The language that an address is in: `/de/products/…` is German. */
export const languageOfAddress = (pathname: string): Language => {
  const [, first] = pathname.split("/", 2)
  return isLanguage(first) ? first : DEFAULT_LANGUAGE
}

/** What stands before the addresses of a language. */
export const basepathOf = (language: Language): string =>
  language === DEFAULT_LANGUAGE ? "/" : `/${language}`

/**
 * The language of the address, where it names one; else what was chosen here, or the browser's first that there are
 * texts in.
 */
function wantedLanguage(): Language {
  const named = languageOfAddress(location.pathname)
  if (named !== DEFAULT_LANGUAGE) return named
  const chosen = localStorage.getItem(CHOICE)
  if (isLanguage(chosen)) return chosen
  return navigator.languages.map((tag) => tag.slice(0, 2)).find(isLanguage) ?? "en"
}

/** Says everything in a language from now on. */
export async function speak(next: Language): Promise<void> {
  texts = await loaders[next]()
  language = next
  for (const listener of listeners) listener()
}

async function show(next: Language): Promise<void> {
  await speak(next)
  document.documentElement.lang = next
}

/** Loads the texts in the language that the visitor reads. */
export const loadTexts = (): Promise<void> => show(wantedLanguage())

/** Keeps a language for the next loads of a page. */
export const rememberLanguage = (next: Language): void => localStorage.setItem(CHOICE, next)

/** Changes the language, now and for the next visits. */
export async function chooseLanguage(next: Language): Promise<void> {
  rememberLanguage(next)
  const named = languageOfAddress(location.pathname)
  if (named === DEFAULT_LANGUAGE || named === next) return show(next)
  // The address says another one: the same page lies below none.
  location.assign(
    (location.pathname.slice(basepathOf(named).length) || "/") + location.search + location.hash,
  )
}

export const currentLanguage = (): Language => language

/** How numbers and dates are written: as in the visitor's own country, where it speaks the language. */
export const currentLocale = (): string =>
  navigator.languages.find((tag) => tag.startsWith(language)) ?? language

/** The language as a component sees it, which shows itself anew when it changes. */
export const useLanguage = (): Language =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    currentLanguage,
    currentLanguage,
  )

/** The text of a key, with `{name}` replaced by the value of that name. */
export const t = (key: TextKey, values: Values = {}): string => filled(texts[key], values)

type PluralKey = { [Key in TextKey]: Key extends `${infer Stem}.one` ? Stem : never }[TextKey]

/** The text for a count, `….one` or `….other` by the language's own rule; `{count}` in it is the count. */
export function plural(stem: PluralKey, count: number, values: Values = {}): string {
  const form = new Intl.PluralRules(language).select(count) === "one" ? "one" : "other"
  return t(`${stem}.${form}` as TextKey, { count: new Intl.NumberFormat(language).format(count), ...values })
}

/** Whether there is a text for a key that is made of data, such as a problem's code. */
export const hasText = (key: string): key is TextKey => Object.hasOwn(texts, key)

/** What a merchant wrote in several languages: in the visitor's, or else in English. */
export const inLanguage = (written: Readonly<Record<string, string>>): string =>
  written[language] ?? written.en ?? ""
