import { message } from "@eshop/building-blocks/messaging/outbox"
import { type CallContext, useCase } from "@eshop/building-blocks/use-case"
import { type Cart, closeCart, priceCart } from "@eshop/domain/basket/cart"
import { decideCheckout } from "@eshop/domain/basket/checkout"
import { CouponCode } from "@eshop/domain/discount/coupon"
import { Address, BasketCheckedOut, Checkout } from "@eshop/domain/events/basket-events"
import { Money, usd } from "@eshop/domain/money"
import { isRefusal, type Refusal, refuse } from "@eshop/domain/refusal"
import { z } from "zod"
import { checkVersion } from "../cart/change-cart.ts"
import { cartOwner } from "../cart/customer.ts"
import { findProducts } from "../products/find-products.ts"
import type { CheckoutPorts } from "./ports.ts"

export const CheckOut = z.strictObject({
  expectedTotal: z.strictObject(Money.shape).describe("The total that the customer saw and agrees to"),
  couponCode: CouponCode.optional(),
  shippingAddress: z.strictObject(Address.shape),
  paymentMethod: Checkout.shape.paymentMethod.describe("Token of a payment method; never card data"),
})

/**
 * Turns the cart into an order: prices it anew, takes the coupon off, and commits the checkout, the closed cart and
 * BasketCheckedOut together. Refuses a total that is not what the customer saw, and tells the new one.
 */
export const checkOut = (ports: CheckoutPorts) =>
  useCase("basket.check-out", CheckOut, async (request, call) => {
    const customerId = cartOwner(call)
    if (isRefusal(customerId)) return customerId
    const cart = await ports.carts.find(customerId)
    const decided = checkVersion(cart, call.ifMatch) ?? (await decide(ports, cart, request, call))
    if (isRefusal(decided)) {
      await ports.cache?.forget(customerId)
      return decided
    }
    const { checkoutId } = decided
    const closed = closeCart(cart)
    const submitted = await call.transact(async (tx) => {
      const current = await ports.carts.lock(tx, customerId)
      if (current.version !== cart.version)
        return refuse("conflict", "cart.changed", "The cart changed while it was being checked out.", {
          version: current.version,
        })
      await ports.checkouts.add(tx, decided, cart.version, call.now)
      await ports.carts.save(tx, closed, { type: "checked-out", checkoutId }, call.now)
      await ports.outbox.add(tx, [message(BasketCheckedOut, checkoutId, decided, call)])
      return {
        orderId: checkoutId,
        status: "Submitted" as const,
        subtotal: decided.subtotal,
        discount: decided.discount,
        total: decided.total,
        discountUnavailable: decided.discountUnavailable,
        links: {
          order: `/ordering/orders/${checkoutId}`,
          timeline: `/ordering/orders/${checkoutId}/timeline`,
        },
      }
    })
    if (isRefusal(submitted)) await ports.cache?.forget(customerId)
    else await ports.cache?.put(closed)
    return submitted
  })

/** Everything that is asked and decided before the transaction: prices, coupon, total. */
async function decide(
  ports: CheckoutPorts,
  cart: Cart,
  request: z.output<typeof CheckOut>,
  call: CallContext,
): Promise<Checkout | Refusal> {
  const products = await findProducts(
    ports,
    cart.items.map(({ productId }) => productId),
    call,
  )
  const priced = priceCart(cart, products)
  if (isRefusal(priced)) return priced
  const answer =
    request.couponCode === undefined || priced.lines.length === 0
      ? { discount: usd(0), unavailable: false }
      : await ports.discounts.quote(request.couponCode, priced.lines, call)
  if (isRefusal(answer)) return answer
  return decideCheckout(cart, priced, answer, { ...request, checkoutId: call.newId() })
}
