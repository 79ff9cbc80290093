import fc from "fast-check"
import { expect, test } from "vitest"
import { Checkout } from "../events/basket-events.ts"
import { sum, times, usd } from "../money.ts"
import { isRefusal } from "../refusal.ts"
import type { Cart, PricedCart } from "./cart.ts"
import { type CheckoutRequest, decideCheckout } from "./checkout.ts"

const id = "018f0000-0000-7000-8000-000000000001"
const shippingAddress = {
  firstName: "Mehmet",
  lastName: "Yılmaz",
  emailAddress: "mehmet@example.com",
  addressLine: "Bağdat Caddesi 1",
  country: "Türkiye",
}
const request = (expected: number, couponCode?: string): CheckoutRequest => ({
  checkoutId: id,
  expectedTotal: usd(expected),
  shippingAddress,
  paymentMethod: "pm_card_visa",
  ...(couponCode !== undefined && { couponCode }),
})
const cartOf = (prices: readonly number[]): [Cart, PricedCart] => {
  const lines = prices.map((price, index) => ({
    productId: id,
    name: "Phone",
    quantity: index + 1,
    unitPrice: usd(price),
  }))
  const subtotal = sum(
    "USD",
    lines.map((line) => times(line.unitPrice, line.quantity)),
  )
  return [
    { customerId: id, items: lines, version: 3 },
    { lines, subtotal },
  ]
}
const price = fc.integer({ min: 1, max: 10_000_000 })

test("subtotal − discount = total, never below zero, and fits the event's schema", () => {
  fc.assert(
    fc.property(fc.array(price, { minLength: 1, maxLength: 5 }), fc.nat(100_000_000), (prices, off) => {
      const [cart, priced] = cartOf(prices)
      const total = Math.max(0, priced.subtotal.amount - off)
      const checkout = Checkout.parse(
        decideCheckout(cart, priced, { discount: usd(off), unavailable: false }, request(total, "C-1")),
      )
      expect(checkout.total).toEqual(usd(total))
      expect(checkout.subtotal.amount - checkout.discount.amount).toBe(checkout.total.amount)
      expect(checkout.couponCode).toBe("C-1")
    }),
  )
})

test("a total that the customer did not see is refused with the new one", () => {
  fc.assert(
    fc.property(price, fc.nat(20_000_000), (amount, expected) => {
      fc.pre(amount !== expected)
      const [cart, priced] = cartOf([amount])
      const refused = decideCheckout(
        cart,
        priced,
        { discount: usd(0), unavailable: false },
        request(expected),
      )
      expect(refused).toMatchObject({
        code: "checkout.total-changed",
        kind: "conflict",
        data: { total: usd(amount), subtotal: usd(amount), discount: usd(0), discountUnavailable: false },
      })
    }),
  )
})

test("a coupon that nobody could check is not redeemed, and the full price is flagged", () => {
  const [cart, priced] = cartOf([100])
  const checkout = decideCheckout(cart, priced, { discount: usd(0), unavailable: true }, request(100, "C-1"))
  expect(checkout).toMatchObject({ total: usd(100), discountUnavailable: true })
  expect(checkout).not.toHaveProperty("couponCode")
})

test("an empty cart is refused, whatever the total", () => {
  const refused = decideCheckout(
    { customerId: id, items: [], version: 0 },
    { lines: [], subtotal: usd(0) },
    { discount: usd(0), unavailable: false },
    request(0),
  )
  expect(isRefusal(refused) && refused.code).toBe("cart.empty")
})
