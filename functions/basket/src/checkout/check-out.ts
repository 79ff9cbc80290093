import { type Call, customerOf } from "@eshop/building-blocks/app/call"
import { command } from "@eshop/building-blocks/app/use-case"
import { message } from "@eshop/building-blocks/messaging/outbox"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import { count } from "@eshop/building-blocks/telemetry/metrics"
import { nameInLog } from "@eshop/building-blocks/telemetry/observe"
import {
  type Cart,
  cartChanged,
  cartProductUnknown,
  cartStale,
  cartTotalOutOfRange,
  closeCart,
  settleCart,
} from "@eshop/domain/basket/cart"
import { cartEmpty, checkoutTotalChanged, decideCheckout } from "@eshop/domain/basket/checkout"
import { shippingUnavailable } from "@eshop/domain/basket/shipping"
import { BasketCheckedOut, type Checkout } from "@eshop/domain/contracts/basket-events"
import { Address } from "@eshop/domain/contracts/checkouts"
import { OrderId, PaymentMethod, ShippingMethodId } from "@eshop/domain/kernel/ids"
import { Money } from "@eshop/domain/kernel/money"
import { isRefusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import { isSame } from "@eshop/domain/kernel/same"
import * as z from "zod"
import { isStaleCart, saveCart } from "../cart/store-cart.ts"
import { type PriceSources, priceCart, shopperOf } from "../pricing/price-cart.ts"
import { findVariants } from "../products/find-variants.ts"
import { findTaxRates } from "../taxes/find-tax-rates.ts"
import type { CheckoutPorts } from "./ports.ts"

const input = z.strictObject({
  expectedTotal: z.strictObject(Money.shape).describe("The total that the customer saw and agrees to"),
  shippingMethod: ShippingMethodId.optional().describe(
    "The cart's own where it is left out, or the cheapest",
  ),
  shippingAddress: z.strictObject(Address.shape),
  paymentMethod: PaymentMethod.describe("Token of a payment method; never card data"),
})

const decideRefusals = [
  cartStale,
  cartProductUnknown,
  cartTotalOutOfRange,
  cartEmpty,
  shippingUnavailable,
  checkoutTotalChanged,
] as const

type CheckoutRequest = z.output<typeof input>

/**
 * Turns the cart into an order: prices it anew, asks Discount, and commits the checkout, its address, the closed cart
 * and BasketCheckedOut together. Refuses a total that is not what the customer saw, and tells the new one.
 */
export const checkOut = command("basket.check-out", {
  input,
  result: z.strictObject({
    orderId: OrderId,
    status: z.literal("Submitted"),
    subtotal: Money,
    discount: Money,
    shipping: Money,
    tax: Money,
    total: Money,
    discountUnavailable: z.boolean(),
    links: z.strictObject({ order: z.string(), timeline: z.string() }),
  }),
  refusals: [cartChanged, ...decideRefusals],
  handle: (ports: CheckoutPorts) => async (request, call) => {
    const customerId = customerOf(call)
    /** @param retries how often a change that another call made meanwhile is decided on anew */
    const attempt = async (
      cart: Cart,
      retries: number,
    ): Promise<Awaited<ReturnType<typeof commit>> | RefusalOf<typeof decideRefusals>> => {
      const decided = await decide(ports, cart, request, call)
      if (isRefusal(decided)) return decided
      const proof = await ports.proofs.sign(decided, call.now)
      const committed = await commit(cart, { ...decided, proof })
      const isOvertaken = isRefusal(committed) && current && !isSame(current, cart)
      return isOvertaken && retries > 0 ? await attempt(current as Cart, retries - 1) : committed
    }
    /** As it is committed; undefined until something is to be committed. */
    let current: Cart | undefined
    const commit = (cart: Cart, checkout: Checkout) =>
      call.commit(async (tx) => {
        current = await ports.carts.lock(tx, customerId)
        if (!isSame(current, cart)) return cartChanged({ version: current.version })
        const { checkoutId: orderId } = checkout
        await ports.checkouts.add(tx, checkout, cart.version, call.now)
        await ports.personalData.put(tx, { customerId, subject: orderId, data: request.shippingAddress })
        await saveCart(ports, tx, call, [current, closeCart(current)], { action: "checked-out", orderId })
        await ports.outbox.add(tx, [message(BasketCheckedOut, orderId, checkout, call)])
        afterCommit(tx, () => tellOf(checkout))
        return answerOf(checkout)
      })
    // A copy will do to decide on: the commit compares it with the record, to which a refusal has to hold as well.
    const done = await attempt(await ports.carts.find(customerId), 1)
    return isRefusal(done) && !current ? await attempt(await ports.carts.current(customerId), 1) : done
  },
})

/** The order is found by its id from its first line on. */
function tellOf({ checkoutId: orderId, discount }: Checkout): void {
  nameInLog({ orderId })
  if (discount.amount > 0) count("eshop.discounts", discount.amount, { "eshop.currency": discount.currency })
}

function answerOf(checkout: Checkout) {
  const { checkoutId: orderId, subtotal, discount, shipping, tax, total, discountUnavailable } = checkout
  const nothing = { ...total, amount: 0 }
  const order = `/ordering/orders/${orderId}`
  return {
    orderId,
    status: "Submitted" as const,
    subtotal,
    discount,
    shipping: shipping?.price ?? nothing,
    tax: tax ?? nothing,
    total,
    discountUnavailable,
    links: { order, timeline: `${order}/timeline` },
  }
}

/** A checkout is decided on what holds now, and waits for it. */
const checkoutPrices = (ports: CheckoutPorts): PriceSources => ({
  quote: (request) => ports.discounts.quote(request),
  taxRates: (country) => findTaxRates(ports, country),
})

/** Everything that is asked and decided before the transaction: prices, discounts, shipping, taxes, total. */
async function decide(
  ports: CheckoutPorts,
  cart: Cart,
  request: CheckoutRequest,
  call: Call,
): Promise<Checkout | RefusalOf<typeof decideRefusals>> {
  if (isStaleCart(call, cart.version)) return cartStale({ version: cart.version })
  const variants = await findVariants(
    ports,
    cart.items.map(({ sku }) => sku),
  )
  const { shippingAddress, expectedTotal, paymentMethod } = request
  const { country, state } = shippingAddress
  const shippingMethod = request.shippingMethod ?? cart.delivery?.shippingMethod
  const { items, hold } = settleCart(cart, variants, shopperOf(call)).cart
  const { priced, offers, offer, answer, totals } = await priceCart(
    ports,
    {
      items,
      ...(cart.couponCode && { couponCode: cart.couponCode }),
      delivery: { country, state, shippingMethod },
    },
    variants,
    call,
    checkoutPrices(ports),
  )
  if (items.length === 0) return cartEmpty()
  if (priced.notSold.length > 0) return cartProductUnknown({ skus: [...priced.notSold] })
  if (priced.notCounted.length > 0) return cartTotalOutOfRange()
  if (!offer || (request.shippingMethod && offer.method.id !== request.shippingMethod))
    return shippingUnavailable({ country, methods: offers.map(({ method }) => method.id) })
  return decideCheckout(totals, answer, {
    checkoutId: call.newId(),
    customerId: cart.customerId,
    expectedTotal,
    couponCode: cart.couponCode,
    holdId: hold?.expiresAt && hold.holdId,
    paymentMethod,
  })
}
