import type { BasketListShippingMethodsResponse } from "@eshop/shop-client/generated/types.gen"
import { readAmount, writeAmount } from "../../../parts/amounts.ts"

/** A shipping method as the shop keeps it. */
export type Method = Omit<BasketListShippingMethodsResponse["items"][number], "priceForCart">
/** What a merchant says of one. */
export type Terms = Omit<Method, "id" | "version">

/** What the shop sells in. */
export const CURRENCY = "USD"

/** A method as a form holds it: everything as it was typed. */
export type MethodDraft = {
  readonly id: string
  readonly name: Readonly<Record<string, string>>
  /** Codes with commas between them. */
  readonly countries: string
  readonly price: string
  readonly freeFrom: string
  readonly taxCategory: string
  readonly includesTax: boolean
  readonly min: string
  readonly max: string
}

export const newMethod = (): MethodDraft => ({
  ...{ id: "", name: { en: "", de: "" }, countries: "", price: "", freeFrom: "", min: "", max: "" },
  ...{ taxCategory: "shipping", includesTax: true },
})

export const draftOf = ({
  id,
  name,
  countries = [],
  price,
  freeFrom,
  days,
  ...tax
}: Method): MethodDraft => ({
  id,
  name: { de: "", ...name },
  countries: countries.join(", "),
  price: writeAmount(price.amount, price.currency),
  freeFrom: freeFrom === undefined ? "" : writeAmount(freeFrom.amount, freeFrom.currency),
  taxCategory: tax.taxCategory,
  includesTax: tax.includesTax,
  min: days === undefined ? "" : String(days.min),
  max: days === undefined ? "" : String(days.max),
})

const moneyIn = (typed: string) => {
  const amount = readAmount(typed, CURRENCY)
  return amount === undefined ? undefined : { amount, currency: CURRENCY as typeof CURRENCY }
}

/** What a form says, as it is sent; undefined where an amount is none. */
export function termsFrom(draft: MethodDraft): Terms | undefined {
  const price = moneyIn(draft.price)
  const freeFrom = moneyIn(draft.freeFrom)
  if (!price || (draft.freeFrom.trim() !== "" && !freeFrom)) return undefined
  const countries = draft.countries
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter((code) => code !== "")
  const names = Object.entries(draft.name).filter(([, text]) => text.trim() !== "")
  return {
    name: Object.fromEntries(names),
    ...(countries.length > 0 && { countries }),
    price,
    ...(freeFrom && { freeFrom }),
    taxCategory: draft.taxCategory.trim(),
    includesTax: draft.includesTax,
    ...(draft.min.trim() !== "" && { days: { min: Number(draft.min), max: Number(draft.max) } }),
  }
}
