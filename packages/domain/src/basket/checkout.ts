import * as z from "zod"
import type { Checkout } from "../contracts/basket-events.ts"
import type { Quote } from "../contracts/quotes.ts"
import { CouponCode } from "../kernel/ids.ts"
import { Money, sameMoney, usd } from "../kernel/money.ts"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import type { Totals } from "./pricing.ts"

/** What the shopper decided. */
export type CheckoutRequest = {
  readonly checkoutId: string
  readonly customerId: string
  /** The total that the customer saw and agrees to. */
  readonly expectedTotal: Money
  /** Of the cart. */
  readonly couponCode?: string | undefined
  readonly holdId?: string | undefined
  readonly paymentMethod: string
}

/** What Discount answered, or that it could not be asked. */
export type DiscountAnswer = Quote | "unavailable"

/** Nothing is taken off. */
export const NO_DISCOUNT: Quote = { lines: [], discount: usd(0) }

/** The quote to count with: the full price where Discount could not be asked. */
export const quoteOf = (answer: DiscountAnswer): Quote => (answer === "unavailable" ? NO_DISCOUNT : answer)

const RefusedCoupon = z.object({ code: CouponCode, reason: z.string(), detail: z.string() })

/** The coupons that were asked for and do not count, each with its reason. */
export const refusedCoupons = (answer: DiscountAnswer): z.infer<typeof RefusedCoupon>[] =>
  (quoteOf(answer).refusedCoupons ?? []).map(({ code, refusal }) => ({
    code,
    reason: refusal.code,
    detail: refusal.detail,
  }))

export const cartEmpty = defineRefusal("cart.empty", "conflict", "The cart is empty.")
export const checkoutTotalChanged = defineRefusal(
  "checkout.total-changed",
  "conflict",
  "Prices changed; please confirm the new total.",
  z.object({
    total: Money,
    subtotal: Money,
    discount: Money,
    shipping: Money,
    tax: Money,
    discountUnavailable: z.boolean(),
    refusedCoupons: z.array(RefusedCoupon),
  }),
)
export const checkoutUnknown = defineRefusal("checkout.unknown", "not-found", "There is no such checkout.")

/** Fixes lines, prices, discounts, shipping and taxes, or refuses a total that is not what the customer saw. */
export function decideCheckout(
  totals: Totals,
  answer: DiscountAnswer,
  request: CheckoutRequest,
): Checkout | RefusalOf<[typeof cartEmpty, typeof checkoutTotalChanged]> {
  if (totals.lines.length === 0) return cartEmpty()
  const { total, subtotal, discount } = totals
  const discountUnavailable = answer === "unavailable"
  const refused = refusedCoupons(answer)
  if (!sameMoney(total, request.expectedTotal)) {
    const nothing = { ...total, amount: 0 }
    return checkoutTotalChanged({
      total,
      subtotal,
      discount,
      shipping: totals.shipping?.price ?? nothing,
      tax: totals.tax ?? nothing,
      discountUnavailable,
      refusedCoupons: refused,
    })
  }
  const { checkoutId, customerId, couponCode, holdId, paymentMethod } = request
  // A coupon that takes nothing off, because it does not count or nobody could check it, is not redeemed either.
  const discounts = [...totals.lines, totals.shipping].flatMap((part) => part?.discounts ?? [])
  const isRedeemed = couponCode !== undefined && discounts.some((one) => one.couponCode === couponCode)
  return {
    checkoutId,
    customerId,
    ...totals,
    lines: [...totals.lines],
    couponCodes: isRedeemed ? [couponCode] : [],
    discountUnavailable,
    ...(holdId !== undefined && { holdId }),
    paymentMethod,
  }
}

/**
 * Whether an order that ended for this reason gives its lines back: the shop or the payment refused it, the customer
 * did not ask for its end.
 */
export const givesLinesBack = (reason: string): boolean => /^(payment|stock|coupon|checkout)\./.test(reason)
