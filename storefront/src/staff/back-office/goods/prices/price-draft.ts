import type { CatalogGetPricesResponse } from "@eshop/shop-client/generated/types.gen"
import { readAmount, writeAmount } from "../../../parts/amounts.ts"
import { fromField, toField } from "../../../parts/local-time.ts"

/** A price as the shop keeps it. */
export type Price = CatalogGetPricesResponse["prices"][number]

/** The currencies that the shop sells in. */
export const currencies = ["USD"] as const

/** A price as a form holds it: everything as it was typed. */
export type PriceDraft = {
  readonly key: string
  readonly amount: string
  readonly currency: (typeof currencies)[number]
  readonly includesTax: boolean
  readonly taxCategory: string
  readonly customerGroup: string
  readonly minQuantity: string
  /** Local date and time. */
  readonly validFrom: string
  readonly validUntil: string
  /** What it was made of. */
  readonly before?: Price
}

/** What a new row begins with. @param like a row whose taxes it shares: all prices of a variant are gross, or all net */
export const newPrice = (like: PriceDraft | undefined): PriceDraft => ({
  ...{ key: crypto.randomUUID(), amount: "", currency: "USD", customerGroup: "", minQuantity: "1" },
  ...{ validFrom: "", validUntil: "" },
  includesTax: like?.includesTax ?? true,
  taxCategory: like?.taxCategory ?? "standard",
})

/** A price as a form shows it. */
export const draftOf = (price: Price): PriceDraft => ({
  key: crypto.randomUUID(),
  amount: writeAmount(price.unitPrice.amount, price.unitPrice.currency),
  currency: price.unitPrice.currency,
  includesTax: price.includesTax,
  taxCategory: price.taxCategory,
  customerGroup: price.customerGroup ?? "",
  minQuantity: String(price.minQuantity),
  validFrom: toField(price.validFrom),
  validUntil: toField(price.validUntil),
  before: price,
})

/** What a row says, as it is sent; undefined where its amount is none. */
export function priceFrom(draft: PriceDraft): Price | undefined {
  const amount = readAmount(draft.amount, draft.currency)
  if (amount === undefined) return undefined
  const group = draft.customerGroup.trim()
  const validFrom = fromField(draft.validFrom, draft.before?.validFrom)
  const validUntil = fromField(draft.validUntil, draft.before?.validUntil)
  return {
    unitPrice: { amount, currency: draft.currency },
    minQuantity: Number(draft.minQuantity),
    ...(group !== "" && { customerGroup: group }),
    ...(validFrom !== undefined && { validFrom }),
    ...(validUntil !== undefined && { validUntil }),
    taxCategory: draft.taxCategory.trim(),
    includesTax: draft.includesTax,
  }
}
