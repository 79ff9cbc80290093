import type { QuoteLine } from "../../contracts/quotes.ts"
import type { Money } from "../../kernel/money.ts"
import type { Rule, Scope } from "./rule.ts"

/** What rules are applied to. */
export type Cart = {
  /** One per SKU. */
  readonly lines: readonly QuoteLine[]
  /** Its price before any discount; undefined while nobody knows how the order is shipped. */
  readonly shipping?: Money | undefined
  readonly customerGroups: readonly string[]
  /** Whether the customer has paid an order before. */
  readonly hasOrdered: boolean
  readonly at: Date
}

/** A rule with what names it: a promotion's id or a coupon's code. */
export type NamedRule = Pick<
  Rule,
  | "name"
  | "translations"
  | "enabled"
  | "validFrom"
  | "validUntil"
  | "scope"
  | "conditions"
  | "effect"
  | "stacking"
> &
  (
    | { readonly promotionId: string; readonly couponCode?: undefined }
    | { readonly couponCode: string; readonly promotionId?: undefined }
  )

/** What names a rule. */
export const keyOf = ({ promotionId, couponCode }: NamedRule): string => promotionId ?? couponCode

/** A line while rules are applied to it: every amount is in minor units. */
export type OpenLine = {
  readonly sku: string
  readonly quantity: number
  readonly unitPrice: number
  /** What is left of unit price × quantity. */
  readonly left: number
}

/** Whether a scope names the line; the absent one names all. */
export const isInScope = (scope: Scope | undefined, line: QuoteLine): boolean =>
  !scope ||
  !!scope.skus?.includes(line.sku) ||
  !!scope.products?.includes(line.productId) ||
  !!scope.categories?.some((category) => line.categories?.includes(category))
