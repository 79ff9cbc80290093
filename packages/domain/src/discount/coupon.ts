import { z } from "zod"
import type { OrderLine } from "../events/basket-events.ts"
import { Id } from "../ids.ts"
import { isCountable, type Money, Money as MoneySchema, sum, times } from "../money.ts"
import { type Refusal, refuse } from "../refusal.ts"

/** Codes are compared in upper case. */
export const CouponCode = z
  .string()
  .trim()
  .toUpperCase()
  .regex(/^[A-Z0-9-]{3,32}$/)

export const Coupon = z.object({
  code: CouponCode,
  description: z.string(),
  /** Percentage of the matching lines (1–100), or a fixed amount per matching unit in minor units. */
  reward: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("percent"), percent: z.int().min(1).max(100) }),
    z.object({ kind: z.literal("amount-per-unit"), amount: z.int().min(1) }),
  ]),
  /** Only these products; all when absent. */
  productIds: z.array(Id).optional(),
  /** Inclusive start and exclusive end. */
  validFrom: z.iso.datetime().optional(),
  validUntil: z.iso.datetime().optional(),
  /** How often the coupon can be redeemed by everybody together; unlimited when absent. */
  maxRedemptions: z.int().min(1).optional(),
})
export type Coupon = z.infer<typeof Coupon>

/** How many redemptions count against the limit: those reserved by an order under way, and the confirmed ones. */
export type CouponUse = { readonly taken: number }

export const DiscountLine = z.object({
  productId: Id,
  couponCode: z.string(),
  description: z.string(),
  discount: MoneySchema,
})
export type DiscountLine = z.infer<typeof DiscountLine>

export type Quote = { readonly lines: readonly DiscountLine[]; readonly discount: Money }

/** Whether the coupon may be used now; the same rule for a quote and for a redemption. */
export function checkCoupon(coupon: Coupon, use: CouponUse, now: Date): Refusal | undefined {
  if (coupon.validFrom && now < new Date(coupon.validFrom))
    return refuse("rule", "coupon.not-yet-valid", "The coupon is not valid yet.", {
      validFrom: coupon.validFrom,
    })
  if (coupon.validUntil && now >= new Date(coupon.validUntil))
    return refuse("rule", "coupon.expired", "The coupon has expired.", { validUntil: coupon.validUntil })
  if (coupon.maxRedemptions !== undefined && use.taken >= coupon.maxRedemptions)
    return refuse("rule", "coupon.exhausted", "The coupon has been used up.")
  return undefined
}

/** The discount of each line, explained. A line's discount never exceeds its price. Percentages round down. */
export function quote(coupon: Coupon, lines: readonly OrderLine[]): Quote | Refusal {
  if (!isCountable(lines))
    return refuse("rule", "quote.out-of-range", "The lines are worth more than this shop can count.")
  const discounted = lines
    .filter((line) => !coupon.productIds || coupon.productIds.includes(line.productId))
    .map((line): DiscountLine => {
      const price = times(line.unitPrice, line.quantity)
      const wanted =
        coupon.reward.kind === "percent"
          ? // A line's price may exceed 2^53 / 100: exact in BigInt, and the result is smaller again.
            Number((BigInt(price.amount) * BigInt(coupon.reward.percent)) / 100n)
          : coupon.reward.amount * line.quantity
      return {
        productId: line.productId,
        couponCode: coupon.code,
        description: coupon.description,
        discount: { amount: Math.min(wanted, price.amount), currency: price.currency },
      }
    })
  if (discounted.length === 0)
    return refuse("rule", "coupon.not-applicable", "The coupon fits none of the products in the cart.")
  return {
    lines: discounted,
    discount: sum(
      "USD",
      discounted.map((line) => line.discount),
    ),
  }
}
