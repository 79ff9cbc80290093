import { describe, expect, test } from "vitest"
import { Checkout } from "../contracts/basket-events.ts"
import type { Quote } from "../contracts/quotes.ts"
import { usd } from "../kernel/money.ts"
import { isRefusal } from "../kernel/refusal.ts"
import {
  type CheckoutRequest,
  type DiscountAnswer,
  decideCheckout,
  givesLinesBack,
  NO_DISCOUNT,
  quoteOf,
} from "./checkout.ts"
import { priceLines, totalOf } from "./pricing.ts"

const id = "018f0000-0000-7000-8000-000000000001"
const phone = { sku: "PHONE", productId: id, name: "Phone", options: {}, price: usd(100), version: 1 }
const request = (expected: number, more: Partial<CheckoutRequest> = {}): CheckoutRequest => ({
  checkoutId: id,
  customerId: "customer",
  expectedTotal: usd(expected),
  paymentMethod: "pm_card_visa",
  ...more,
})
/** Two phones at 100 each, and the shipping for 10. */
function decide(answer: DiscountAnswer, asked: CheckoutRequest, quantity = 2) {
  const items = quantity > 0 ? [{ sku: "PHONE", quantity }] : []
  const priced = priceLines(items, new Map([["PHONE", phone]]), { customerGroups: [], at: new Date() })
  const method = {
    id: "standard",
    name: { en: "Standard" },
    price: usd(10),
    taxCategory: "standard",
    includesTax: true,
    version: 1,
  }
  const totals = totalOf({ priced, quote: quoteOf(answer), shipping: { method, price: usd(10) } })
  return decideCheckout(totals, answer, asked)
}
const quote = (more: Partial<Quote> = {}): Quote => ({
  lines: [{ sku: "PHONE", couponCode: "C-1", reason: "a reason", amount: usd(30) }],
  discount: usd(30),
  ...more,
})

test("what is fixed fits the event, says what was taken off and why, and who redeems what", () => {
  const decided = decide(quote(), request(180, { couponCode: "C-1", holdId: id }))
  expect(Checkout.parse(decided)).toEqual({
    checkoutId: id,
    customerId: "customer",
    lines: [
      {
        sku: "PHONE",
        productId: id,
        name: "Phone",
        quantity: 2,
        unitPrice: usd(100),
        discounts: [{ couponCode: "C-1", reason: "a reason", amount: usd(30) }],
        total: usd(170),
      },
    ],
    subtotal: usd(200),
    discount: usd(30),
    shipping: { method: "standard", price: usd(10) },
    total: usd(180),
    couponCodes: ["C-1"],
    discountUnavailable: false,
    holdId: id,
    paymentMethod: "pm_card_visa",
  })
})

test.each([0, 209, 211])(
  "a total of %d that the customer did not see is refused with the new one",
  (expected) => {
    expect(decide(NO_DISCOUNT, request(expected))).toMatchObject({
      code: "checkout.total-changed",
      kind: "conflict",
      data: {
        total: usd(210),
        subtotal: usd(200),
        discount: usd(0),
        shipping: usd(10),
        tax: usd(0),
        discountUnavailable: false,
        refusedCoupons: [],
      },
    })
  },
)

describe("a coupon is not redeemed", () => {
  const decided = (answer: DiscountAnswer, total: number) =>
    decide(answer, request(total, { couponCode: "C-1" }))

  test("when nobody could check it: the full price is flagged, and the customer decides", () => {
    expect(decided("unavailable", 210)).toMatchObject({
      total: usd(210),
      discountUnavailable: true,
      couponCodes: [],
    })
  })
  test("when it does not count any more, which the customer is told before they agree", () => {
    const refusedCoupons = [{ code: "C-1", refusal: { code: "coupon.expired", detail: "It has expired." } }]
    const answer = quote({ lines: [], refusedCoupons })
    expect(decided(answer, 180)).toMatchObject({
      data: {
        total: usd(210),
        refusedCoupons: [{ code: "C-1", reason: "coupon.expired", detail: "It has expired." }],
      },
    })
    expect(decided(answer, 210)).toMatchObject({ total: usd(210), couponCodes: [] })
  })
  test("when it takes nothing off", () => {
    expect(decided(quote({ lines: [] }), 210)).toMatchObject({ couponCodes: [] })
  })
})

test("a coupon that takes something off the shipping alone is redeemed", () => {
  const answer = quote({ lines: [], shipping: [{ couponCode: "C-1", reason: "free", amount: usd(10) }] })
  expect(decide(answer, request(200, { couponCode: "C-1" }))).toMatchObject({
    couponCodes: ["C-1"],
    shipping: { price: usd(0) },
  })
})

test("an empty cart is refused, whatever the total", () => {
  const refused = decide(NO_DISCOUNT, request(0), 0)
  expect(isRefusal(refused) && refused.code).toBe("cart.empty")
})

test.each([
  ["payment.declined", true],
  ["stock.insufficient", true],
  ["coupon.exhausted", true],
  ["checkout.abandoned", true],
  ["customer.asked", false],
  ["operator.fraud", false],
])("an order that ended for %s gives its lines back: %s", (reason, expected) => {
  expect(givesLinesBack(reason)).toBe(expected)
})
