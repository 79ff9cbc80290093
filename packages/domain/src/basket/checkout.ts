import * as z from "zod"
import type { Checkout, CheckoutLine } from "../contracts/basket-events.ts"
import type { Quote } from "../contracts/quotes.ts"
import { Money, minusToZero, sameMoney, sum, times } from "../kernel/money.ts"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import type { Cart, PricedCart, PricedLine } from "./cart.ts"

export type CheckoutRequest = {
  readonly checkoutId: string
  /** The total that the customer saw and agrees to. */
  readonly expectedTotal: Money
  readonly couponCode?: string
  readonly paymentMethod: string
}

/** What Discount answered: what to take off each line, or that it could not be asked. */
export type DiscountAnswer = { readonly lines: Quote["lines"]; readonly unavailable: boolean }

/** Of a checkout without a coupon. */
export const NO_DISCOUNT: DiscountAnswer = { lines: [], unavailable: false }

export const cartEmpty = defineRefusal("cart.empty", "conflict", "The cart is empty.")
export const checkoutTotalChanged = defineRefusal(
  "checkout.total-changed",
  "conflict",
  "Prices changed; please confirm the new total.",
  z.object({ total: Money, subtotal: Money, discount: Money, discountUnavailable: z.boolean() }),
)

/** Discount's refusal at a checkout: what does not exist is the coupon, not the route. */
export const checkoutCouponUnknown = defineRefusal("coupon.unknown", "rule", "There is no such coupon.")
export const checkoutUnknown = defineRefusal("checkout.unknown", "not-found", "There is no such checkout.")

/** A line with its discounts, which together never exceed its price. */
function discounted(line: PricedLine, quoted: Quote["lines"]): CheckoutLine {
  let total = times(line.unitPrice, line.quantity)
  const discounts = quoted.flatMap(({ sku, ...discount }) => {
    if (sku !== line.sku) return []
    const left = minusToZero(total, discount.amount)
    const amount = minusToZero(total, left)
    total = left
    return amount.amount > 0 ? [{ ...discount, amount }] : []
  })
  return { ...line, discounts, total }
}

/** Fixes lines, prices and discounts, or refuses: an empty cart, or a total that is not what the customer saw. */
export function decideCheckout(
  cart: Cart,
  priced: PricedCart,
  answer: DiscountAnswer,
  request: CheckoutRequest,
): Checkout | RefusalOf<[typeof cartEmpty, typeof checkoutTotalChanged]> {
  if (cart.items.length === 0) return cartEmpty()
  const lines = priced.lines.map((line) => discounted(line, answer.lines))
  const { subtotal } = priced
  const total = sum(
    subtotal.currency,
    lines.map((line) => line.total),
  )
  const discount = minusToZero(subtotal, total)
  if (!sameMoney(total, request.expectedTotal))
    return checkoutTotalChanged({ total, subtotal, discount, discountUnavailable: answer.unavailable })
  // Without Discount nobody checked the coupon, so it is not redeemed either.
  const couponCodes = request.couponCode === undefined || answer.unavailable ? [] : [request.couponCode]
  return {
    checkoutId: request.checkoutId,
    customerId: cart.customerId,
    lines,
    subtotal,
    discount,
    total,
    couponCodes,
    discountUnavailable: answer.unavailable,
    paymentMethod: request.paymentMethod,
  }
}
