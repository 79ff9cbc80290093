import fc from "fast-check"
import { expect, test } from "vitest"
import { Checkout } from "../contracts/basket-events.ts"
import { sum, times, usd } from "../kernel/money.ts"
import { isRefusal } from "../kernel/refusal.ts"
import type { Cart, PricedCart } from "./cart.ts"
import { type CheckoutRequest, type DiscountAnswer, decideCheckout, NO_DISCOUNT } from "./checkout.ts"

const id = "018f0000-0000-7000-8000-000000000001"
const request = (expected: number, couponCode?: string): CheckoutRequest => ({
  checkoutId: id,
  expectedTotal: usd(expected),
  paymentMethod: "pm_card_visa",
  ...(couponCode !== undefined && { couponCode }),
})
const cartOf = (prices: readonly number[]): [Cart, PricedCart] => {
  const lines = prices.map((price, index) => ({
    sku: `PHONE-${index}`,
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
    { customerId: id, items: lines.map(({ sku, quantity }) => ({ sku, quantity })), version: 3 },
    { lines, subtotal },
  ]
}
const off = (line: number, amount: number) => ({
  sku: `PHONE-${line}`,
  couponCode: "C-1",
  reason: "a reason",
  amount: usd(amount),
})
const answer = (...lines: DiscountAnswer["lines"]): DiscountAnswer => ({ lines, unavailable: false })
const price = fc.integer({ min: 1, max: 10_000_000 })

test("lines, discounts and totals agree, nothing costs less than nothing, and it fits the event's schema", () => {
  const amounts = fc.array(fc.tuple(fc.nat(5), fc.nat(20_000_000)), { maxLength: 8 })
  fc.assert(
    fc.property(fc.array(price, { minLength: 1, maxLength: 5 }), amounts, (prices, quoted) => {
      const [cart, priced] = cartOf(prices)
      const quote = answer(...quoted.map(([line, amount]) => off(line, amount)))
      const total = prices.reduce((sum, price, line) => {
        const wanted = quoted.reduce((all, [of, amount]) => all + (of === line ? amount : 0), 0)
        return sum + Math.max(0, price * (line + 1) - wanted)
      }, 0)
      // The schema asks checkTotals.
      const checkout = Checkout.parse(decideCheckout(cart, priced, quote, request(total, "C-1")))
      expect(checkout.total).toEqual(usd(total))
      expect(checkout.couponCodes).toEqual(["C-1"])
    }),
  )
})

test("a line shows what was taken off it, and why", () => {
  const [cart, priced] = cartOf([100, 50])
  const checkout = decideCheckout(cart, priced, answer(off(1, 30)), request(170, "C-1"))
  expect(checkout).toMatchObject({
    lines: [
      { sku: "PHONE-0", discounts: [], total: usd(100) },
      {
        sku: "PHONE-1",
        discounts: [{ couponCode: "C-1", reason: "a reason", amount: usd(30) }],
        total: usd(70),
      },
    ],
    subtotal: usd(200),
    discount: usd(30),
  })
})

test("a total that the customer did not see is refused with the new one", () => {
  fc.assert(
    fc.property(price, fc.nat(20_000_000), (amount, expected) => {
      fc.pre(amount !== expected)
      const [cart, priced] = cartOf([amount])
      expect(decideCheckout(cart, priced, NO_DISCOUNT, request(expected))).toMatchObject({
        code: "checkout.total-changed",
        kind: "conflict",
        data: { total: usd(amount), subtotal: usd(amount), discount: usd(0), discountUnavailable: false },
      })
    }),
  )
})

test("a coupon that nobody could check is not redeemed, and the full price is flagged", () => {
  const [cart, priced] = cartOf([100])
  const checkout = decideCheckout(cart, priced, { lines: [], unavailable: true }, request(100, "C-1"))
  expect(checkout).toMatchObject({ total: usd(100), discountUnavailable: true, couponCodes: [] })
})

test("an empty cart is refused, whatever the total", () => {
  const cart = { customerId: id, items: [], version: 0 }
  const refused = decideCheckout(cart, { lines: [], subtotal: usd(0) }, NO_DISCOUNT, request(0))
  expect(isRefusal(refused) && refused.code).toBe("cart.empty")
})
