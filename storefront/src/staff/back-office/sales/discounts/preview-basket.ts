import {
  basketListShippingMethods,
  catalogGetVariant,
  discountPreviewRule,
} from "@eshop/shop-client/generated/sdk.gen"
import type {
  CatalogGetVariantResponse,
  DiscountPreviewRuleData,
  DiscountPreviewRuleResponse,
} from "@eshop/shop-client/generated/types.gen"
import { queryOptions } from "@tanstack/react-query"
import { useSyncExternalStore } from "react"
import { answerOf } from "../../../../api/api.ts"
import { fromField } from "../../../parts/local-time.ts"

type Variant = CatalogGetVariantResponse
type Body = DiscountPreviewRuleData["body"]
export type PreviewAnswer = DiscountPreviewRuleResponse
export type Quote = PreviewAnswer["before"]
/** What is tried out: a promotion or a coupon as it is worded by now. */
export type Draft = Pick<Body, "promotion" | "coupon" | "replaces">

/** The basket that rules are tried on. */
export type Basket = {
  readonly lines: readonly { readonly sku: string; readonly name: string; readonly quantity: number }[]
  readonly country: string
  /** Of the shipping method; none: nothing is known of the shipping yet. */
  readonly method: string
  readonly hasOrdered: boolean
  /** Separated by commas. */
  readonly groups: string
  /** Sent besides a promotion. */
  readonly couponCode: string
  /** When, as a field has it; empty: now. */
  readonly at: string
}

let basket: Basket = {
  lines: [],
  country: "US",
  method: "",
  hasOrdered: false,
  groups: "",
  couponCode: "",
  at: "",
}
const listeners = new Set<() => void>()

/** Changes the basket that rules are tried on. It is the same one on every page of rules, until the tab is closed. */
export function changeBasket(members: Partial<Basket>): void {
  basket = { ...basket, ...members }
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useBasket = (): Basket => useSyncExternalStore(subscribe, () => basket)

/** A variant with its prices and categories, as Basket knows it. */
export const variantQuery = (sku: string) =>
  queryOptions({
    queryKey: ["variant", sku],
    queryFn: () => answerOf<Variant>(catalogGetVariant({ path: { sku } })),
    staleTime: 30_000,
  })

export const groupsIn = (text: string): string[] => text.split(",").flatMap((name) => name.trim() || [])

type Price = NonNullable<Variant["prices"]>[number]
const isFor = (price: Price, quantity: number, groups: readonly string[], at: number): boolean =>
  price.minQuantity <= quantity &&
  (price.customerGroup === undefined || groups.includes(price.customerGroup)) &&
  (price.validFrom === undefined || Date.parse(price.validFrom) <= at) &&
  (price.validUntil === undefined || at < Date.parse(price.validUntil))

/** What one unit costs: the lowest price that applies, as at the checkout. @param at milliseconds since 1970 */
export function unitPriceOf(
  { price, prices = [] }: Pick<Variant, "price" | "prices">,
  quantity: number,
  groups: readonly string[],
  at: number,
): Variant["price"] {
  const applying = prices.filter((one) => isFor(one, quantity, groups, at)).map((one) => one.unitPrice)
  return applying.toSorted((a, b) => a.amount - b.amount)[0] ?? price
}

/** Ways to ship a basket of this worth to a country, with what they cost it. */
export const methodsQuery = (country: string, value: number) =>
  queryOptions({
    queryKey: ["shipping-methods", country, value],
    queryFn: () => answerOf(basketListShippingMethods({ query: { country, value: String(value) } as never })),
    staleTime: 60_000,
    placeholderData: (before) => before,
  })

export type PricedLine = {
  readonly name: string
  readonly sku: string
  readonly quantity: number
  readonly unitPrice: Variant["price"]
  readonly productId: string
  readonly categories: readonly string[]
}

/** The basket and a draft as the API is asked. */
export function bodyOf(
  draft: Draft,
  { hasOrdered, groups, couponCode, at }: Basket,
  lines: readonly PricedLine[],
  shipping: Variant["price"] | undefined,
): Body {
  const moment = fromField(at)
  const code = couponCode.trim().toUpperCase()
  return {
    ...draft,
    ...(draft.promotion && code !== "" && { couponCodes: [code] }),
    cart: {
      lines: lines.map(({ name: _, categories, ...line }) => ({ ...line, categories: [...categories] })),
      customerGroups: groupsIn(groups),
      hasOrdered,
      ...(shipping && { shipping }),
    },
    ...(moment !== undefined && { at: moment }),
  }
}

export const previewQuery = (body: Body | undefined) =>
  queryOptions({
    queryKey: ["preview", body],
    queryFn: () => answerOf(discountPreviewRule({ body: body as Body })),
    enabled: body !== undefined,
    placeholderData: (before) => before,
    staleTime: 5_000,
  })
