import * as z from "zod"
import type { Quote, QuoteLine } from "../contracts/quotes.ts"
import { CouponCode, ProductId, Sku } from "../kernel/ids.ts"
import { isCountable, sum, times } from "../kernel/money.ts"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"

export const Coupon = z.object({
  code: CouponCode,
  /** The reason that a line's discount gives. */
  description: z.string(),
  /** Percentage of the matching lines (1–100), or a fixed amount per matching unit in minor units. */
  reward: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("percent"), percent: z.int().min(1).max(100) }),
    z.object({ kind: z.literal("amount-per-unit"), amount: z.int().min(1) }),
  ]),
  /** Only what is of one of these products or is one of these variants; everything when both are absent. */
  productIds: z.array(ProductId).optional(),
  skus: z.array(Sku).optional(),
  /** Inclusive start and exclusive end. */
  validFrom: z.iso.datetime().optional(),
  validUntil: z.iso.datetime().optional(),
  /** How often the coupon can be redeemed by everybody together; unlimited when absent. */
  maxRedemptions: z.int().min(1).optional(),
})
export type Coupon = z.infer<typeof Coupon>

/** How many redemptions count against the limit: those reserved by an order under way, and the confirmed ones. */
export type CouponUse = { readonly taken: number }

export const couponUnknown = defineRefusal("coupon.unknown", "not-found", "There is no such coupon.")
export const couponNotYetValid = defineRefusal(
  "coupon.not-yet-valid",
  "rule",
  "The coupon is not valid yet.",
  z.object({ validFrom: z.iso.datetime() }),
)
export const couponExpired = defineRefusal(
  "coupon.expired",
  "rule",
  "The coupon has expired.",
  z.object({ validUntil: z.iso.datetime() }),
)
export const couponExhausted = defineRefusal("coupon.exhausted", "rule", "The coupon has been used up.")
export const couponNotApplicable = defineRefusal(
  "coupon.not-applicable",
  "rule",
  "The coupon fits none of the products in the cart.",
)
export const couponNoEffect = defineRefusal(
  "coupon.no-effect",
  "rule",
  "The coupon takes nothing off this cart.",
)
export const quoteOutOfRange = defineRefusal(
  "quote.out-of-range",
  "rule",
  "The lines are worth more than this shop can count.",
)

/** Why a coupon may not be used now. */
export const unusableCoupon = [couponNotYetValid, couponExpired, couponExhausted] as const
export type UnusableCoupon = RefusalOf<typeof unusableCoupon>

/** Why a coupon takes nothing off some lines. */
export const unquotable = [quoteOutOfRange, couponNotApplicable, couponNoEffect] as const

/** Whether the coupon may be used now; the same rule for a quote and for a redemption. */
export function checkCoupon(coupon: Coupon, use: CouponUse, now: Date): UnusableCoupon | undefined {
  const { validFrom, validUntil, maxRedemptions } = coupon
  if (validFrom && now < new Date(validFrom)) return couponNotYetValid({ validFrom })
  if (validUntil && now >= new Date(validUntil)) return couponExpired({ validUntil })
  if (maxRedemptions !== undefined && use.taken >= maxRedemptions) return couponExhausted()
  return undefined
}

const fits = ({ productIds, skus }: Coupon, line: QuoteLine): boolean =>
  (!productIds && !skus) || !!productIds?.includes(line.productId) || !!skus?.includes(line.sku)

/** At most the line's price. Percentages round down. */
function discountOf({ reward }: Coupon, { unitPrice, quantity }: QuoteLine): number {
  const price = times(unitPrice, quantity).amount
  if (reward.kind === "amount-per-unit") return Math.min(reward.amount * quantity, price)
  // A line's price may exceed 2^53 / 100: exact in BigInt, and the result is smaller again.
  return Number((BigInt(price) * BigInt(reward.percent)) / 100n)
}

/** What the coupon takes off each line that it fits, with its reason. A coupon that takes nothing off is refused. */
export function quote(coupon: Coupon, lines: readonly QuoteLine[]): Quote | RefusalOf<typeof unquotable> {
  if (!isCountable(lines)) return quoteOutOfRange()
  const fitting = lines.filter((line) => fits(coupon, line))
  if (fitting.length === 0) return couponNotApplicable()
  const discounted = fitting.flatMap((line) => {
    const amount = { amount: discountOf(coupon, line), currency: line.unitPrice.currency }
    const discount = { sku: line.sku, couponCode: coupon.code, reason: coupon.description, amount }
    return amount.amount > 0 ? [discount] : []
  })
  if (discounted.length === 0) return couponNoEffect()
  return {
    lines: discounted,
    discount: sum(
      "USD",
      discounted.map(({ amount }) => amount),
    ),
  }
}
