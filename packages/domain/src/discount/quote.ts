import type { Quote } from "../contracts/quotes.ts"
import { isCountable, usd } from "../kernel/money.ts"
import { defineRefusal, type Refusal, type RefusalOf } from "../kernel/refusal.ts"
import { refusalOfVerdict } from "./coupon-refusals.ts"
import type { Cart, NamedRule } from "./engine/cart.ts"
import { evaluate } from "./engine/evaluate.ts"
import { explain } from "./engine/words.ts"

export const quoteOutOfRange = defineRefusal(
  "quote.out-of-range",
  "rule",
  "The lines are worth more than this shop can count.",
)
export const quoteSkuTwice = defineRefusal("quote.sku-twice", "rule", "Two lines have the same SKU.")

/** Why lines cannot be quoted at all. */
export const unquotable = [quoteOutOfRange, quoteSkuTwice] as const

type RefusedCoupon = { readonly code: string; readonly refusal: Refusal }

/**
 * What promotions and coupons take off a cart, with what became of each. A coupon that takes nothing off is refused,
 * so that nobody redeems it in vain; it does not spoil the rest.
 * @param refused coupons that may not be used whatever is in the cart
 */
export function quote(
  cart: Cart,
  rules: readonly NamedRule[],
  refused: readonly RefusedCoupon[],
): Quote | RefusalOf<typeof unquotable> {
  if (!isCountable(cart.lines)) return quoteOutOfRange()
  if (new Set(cart.lines.map(({ sku }) => sku)).size < cart.lines.length) return quoteSkuTwice()
  const { lines, shipping, verdicts } = evaluate(cart, rules)
  const discounts = lines.flatMap(({ sku, discounts }) => discounts.map((discount) => ({ sku, ...discount })))
  const inVain = verdicts.flatMap((verdict): RefusedCoupon[] => {
    const { couponCode } = verdict.rule
    const refusal = couponCode === undefined ? undefined : refusalOfVerdict(verdict)
    return couponCode !== undefined && refusal ? [{ code: couponCode, refusal }] : []
  })
  const refusedCoupons = [...refused, ...inVain].map(({ code, refusal }) => ({
    code,
    refusal: {
      code: refusal.code,
      detail: refusal.detail,
      ...(refusal.data && { data: refusal.data }),
    },
  }))
  return {
    lines: discounts,
    discount: usd(discounts.reduce((sum, { amount }) => sum + amount.amount, 0)),
    ...(cart.shipping && { shipping: [...shipping] }),
    explanations: verdicts.map(explain),
    ...(refusedCoupons.length > 0 && { refusedCoupons }),
  }
}
