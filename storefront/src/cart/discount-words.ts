import { type Money, moment, money } from "../texts/format.ts"
import { inLanguage, t } from "../texts/texts.ts"
import type { Cart } from "./cart.ts"

type Translations = { readonly translations?: Readonly<Record<string, string>> | undefined }

/** What a discount is called, in the visitor's language where its merchant said so. */
export const discountName = ({ reason, translations }: { reason: string } & Translations): string =>
  inLanguage({ en: reason, ...translations })

type Explanation = Cart["explanations"][number]
type Because = NonNullable<Explanation["because"]>

const pair = <T>(of: { needed: T; found: T } | undefined, write: (value: T) => string) =>
  of && { needed: write(of.needed), found: write(of.found) }

const valuesOf = ({ at, value, units, by }: Because): Record<string, string> => ({
  ...(at !== undefined && { at: moment(at) }),
  ...pair<Money>(value, money),
  ...pair<number>(units, String),
  ...(by && { by: inLanguage({ en: by.name, ...by.translations }) }),
})

/** Why a discount does not apply, in the visitor's language; in the shop's own words where there are no parts. */
export const notAppliedWords = ({ reason, because }: Explanation): string =>
  because ? t(`not-applied.${because.code}`, valuesOf(because)) : reason
