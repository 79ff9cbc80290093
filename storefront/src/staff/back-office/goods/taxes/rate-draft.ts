import type { CatalogGetTaxRatesResponse } from "@eshop/shop-client/generated/types.gen"
import { readDecimal, writeDecimal } from "../../../parts/amounts.ts"
import { fromField, toField } from "../../../parts/local-time.ts"

/** A rate as the shop keeps it, its country beside it; in thousandths of a percent. */
export type Rate = Omit<CatalogGetTaxRatesResponse["rates"][number], "country">

/** Digits of a percentage behind its point: Quebec's 9.975 % is exact. */
export const RATE_DIGITS = 3

/** A rate as a form holds it: everything as it was typed. */
export type RateDraft = {
  readonly key: string
  readonly taxCategory: string
  readonly state: string
  /** Percent. */
  readonly rate: string
  /** Local date and time. */
  readonly validFrom: string
  readonly validUntil: string
  /** What it was made of. */
  readonly before?: Rate
}

export const newRate = (): RateDraft => ({
  ...{ key: crypto.randomUUID(), taxCategory: "standard", state: "", rate: "", validUntil: "" },
  validFrom: toField(new Date().toISOString()),
})

export const draftOf = (rate: Rate): RateDraft => ({
  key: crypto.randomUUID(),
  taxCategory: rate.taxCategory,
  state: rate.state ?? "",
  // 5 rather than 5.000.
  rate: writeDecimal(rate.rate, RATE_DIGITS).replace(/[.,]?0+$/, ""),
  validFrom: toField(rate.validFrom),
  validUntil: toField(rate.validUntil),
  before: rate,
})

/** What a row says, as it is sent; undefined where its percentage or its beginning is none. */
export function rateFrom(draft: RateDraft): Rate | undefined {
  const rate = readDecimal(draft.rate, RATE_DIGITS)
  const validFrom = fromField(draft.validFrom, draft.before?.validFrom)
  const validUntil = fromField(draft.validUntil, draft.before?.validUntil)
  if (rate === undefined || validFrom === undefined) return undefined
  return {
    ...(draft.state.trim() !== "" && { state: draft.state.trim() }),
    taxCategory: draft.taxCategory.trim(),
    rate,
    validFrom,
    ...(validUntil !== undefined && { validUntil }),
  }
}
