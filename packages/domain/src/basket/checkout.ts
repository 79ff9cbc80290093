import type { Address, Checkout } from "../events/basket-events.ts"
import { type Money, minusToZero, sameMoney } from "../money.ts"
import { type Refusal, refuse } from "../refusal.ts"
import type { Cart, PricedCart } from "./cart.ts"

export type CheckoutRequest = {
  readonly checkoutId: string
  /** The total that the customer saw and agrees to. */
  readonly expectedTotal: Money
  readonly couponCode?: string
  readonly shippingAddress: Address
  readonly paymentMethod: string
}

/** What Discount answered: the amount to take off, or that it could not be asked. */
export type DiscountAnswer = { readonly discount: Money; readonly unavailable: boolean }

/** Fixes lines, prices and discount, or refuses: an empty cart, or a total that is not what the customer saw. */
export function decideCheckout(
  cart: Cart,
  priced: PricedCart,
  answer: DiscountAnswer,
  request: CheckoutRequest,
): Checkout | Refusal {
  if (cart.items.length === 0) return refuse("conflict", "cart.empty", "The cart is empty.")
  const total = minusToZero(priced.subtotal, answer.discount)
  if (!sameMoney(total, request.expectedTotal))
    return refuse("conflict", "checkout.total-changed", "Prices changed; please confirm the new total.", {
      total,
      subtotal: priced.subtotal,
      discount: answer.discount,
      discountUnavailable: answer.unavailable,
    })
  return {
    checkoutId: request.checkoutId,
    customerId: cart.customerId,
    lines: [...priced.lines],
    subtotal: priced.subtotal,
    discount: { amount: priced.subtotal.amount - total.amount, currency: total.currency },
    total,
    // Without Discount nobody checked the coupon, so it is not redeemed either.
    ...(request.couponCode !== undefined && !answer.unavailable && { couponCode: request.couponCode }),
    discountUnavailable: answer.unavailable,
    shippingAddress: request.shippingAddress,
    paymentMethod: request.paymentMethod,
  }
}
