import { customerOf, isStale } from "@eshop/building-blocks/app/call"
import { command } from "@eshop/building-blocks/app/use-case"
import { message } from "@eshop/building-blocks/messaging/outbox"
import {
  type Cart,
  cartChanged,
  cartProductUnknown,
  cartStale,
  cartTotalOutOfRange,
  closeCart,
  priceCart,
} from "@eshop/domain/basket/cart"
import { cartEmpty, checkoutTotalChanged, decideCheckout, NO_DISCOUNT } from "@eshop/domain/basket/checkout"
import { BasketCheckedOut, type Checkout } from "@eshop/domain/contracts/basket-events"
import { Address } from "@eshop/domain/contracts/checkouts"
import { CouponCode, OrderId, PaymentMethod } from "@eshop/domain/kernel/ids"
import { Money } from "@eshop/domain/kernel/money"
import { isRefusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import { withoutCardNumber } from "@eshop/domain/kernel/text"
import * as z from "zod"
import { findVariants } from "../products/find-variants.ts"
import { type CheckoutPorts, couponRefusals } from "./ports.ts"

const input = z.strictObject({
  expectedTotal: z.strictObject(Money.shape).describe("The total that the customer saw and agrees to"),
  couponCode: withoutCardNumber(CouponCode).optional(),
  shippingAddress: z.strictObject(Address.shape),
  paymentMethod: PaymentMethod.describe("Token of a payment method; never card data"),
})

const decideRefusals = [
  cartProductUnknown,
  cartTotalOutOfRange,
  cartEmpty,
  checkoutTotalChanged,
  ...couponRefusals,
] as const

/**
 * Turns the cart into an order: prices it anew, takes the coupon off, and commits the checkout, its address, the closed
 * cart and BasketCheckedOut together. Refuses a total that is not what the customer saw, and tells the new one.
 */
export const checkOut = command("basket.check-out", {
  input,
  result: z.strictObject({
    orderId: OrderId,
    status: z.literal("Submitted"),
    subtotal: Money,
    discount: Money,
    total: Money,
    discountUnavailable: z.boolean(),
    links: z.strictObject({ order: z.string(), timeline: z.string() }),
  }),
  refusals: [cartStale, cartChanged, ...decideRefusals],
  handle: (ports: CheckoutPorts) => async (request, call) => {
    const customerId = customerOf(call)
    const cart = await ports.carts.find(customerId)
    const decided = isStale(call, cart.version)
      ? cartStale({ version: cart.version })
      : await decide(ports, cart, request, call.newId())
    if (isRefusal(decided)) {
      await ports.cache?.forget(customerId)
      return decided
    }
    const { checkoutId: orderId, subtotal, discount, total, discountUnavailable } = decided
    const closed = closeCart(cart)
    const submitted = await call.commit(async (tx) => {
      const current = await ports.carts.lock(tx, customerId)
      if (current.version !== cart.version) return cartChanged({ version: current.version })
      await ports.checkouts.add(tx, decided, cart.version, call.now)
      await ports.personalData.put(tx, { customerId, subject: orderId, data: request.shippingAddress })
      await ports.carts.save(tx, closed, { type: "checked-out", checkoutId: orderId }, call.now)
      await ports.outbox.add(tx, [message(BasketCheckedOut, orderId, decided, call)])
      const order = `/ordering/orders/${orderId}`
      const links = { order, timeline: `${order}/timeline` }
      return {
        orderId,
        status: "Submitted" as const,
        subtotal,
        discount,
        total,
        discountUnavailable,
        links,
      }
    })
    if (isRefusal(submitted)) await ports.cache?.forget(customerId)
    else await ports.cache?.put(closed)
    return submitted
  },
})

/** Everything that is asked and decided before the transaction: prices, coupon, total. */
async function decide(
  ports: CheckoutPorts,
  cart: Cart,
  request: z.output<typeof input>,
  checkoutId: string,
): Promise<Checkout | RefusalOf<typeof decideRefusals>> {
  const variants = await findVariants(
    ports,
    cart.items.map(({ sku }) => sku),
  )
  const priced = priceCart(cart, variants)
  if (isRefusal(priced)) return priced
  const { couponCode, expectedTotal, paymentMethod } = request
  const answer =
    couponCode === undefined || priced.lines.length === 0
      ? NO_DISCOUNT
      : await ports.discounts.quote(couponCode, priced.lines)
  if (isRefusal(answer)) return answer
  return decideCheckout(cart, priced, answer, {
    checkoutId,
    expectedTotal,
    paymentMethod,
    ...(couponCode !== undefined && { couponCode }),
  })
}
