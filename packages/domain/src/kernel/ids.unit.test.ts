import { expect, test } from "vitest"
import { CouponCode, CustomerId, OrderId, PaymentMethod, Quantity, ReasonCode, Sku } from "./ids.ts"

const accepts = (schema: { safeParse(value: unknown): { success: boolean } }, values: readonly unknown[]) =>
  values.filter((value) => schema.safeParse(value).success)

test("ids that we make are UUIDs in lower case", () => {
  expect(OrderId.parse("018F0000-0000-7000-8000-00000000000A")).toBe("018f0000-0000-7000-8000-00000000000a")
  expect(accepts(OrderId, ["", "1", "018f0000000070008000000000000001"])).toEqual([])
})

test("a customer id is taken as it is", () => {
  const ids = ["AbC", "58c49479-ec65-4de2-86e7-033c546291AA", "auth0|5f7c", "a@b.example", "x".repeat(128)]
  expect(ids.map((id) => CustomerId.parse(id))).toEqual(ids)
  expect(accepts(CustomerId, ["", " a", "a b", "ä", "a\n", "a\u0000", "x".repeat(129), 1])).toEqual([])
})

test("a SKU is ASCII: upper-case letters, digits and dashes", () => {
  const skus = ["A1", "IPHONE-X-BLACK", "0-0", "X".repeat(40)]
  expect(accepts(Sku, skus)).toEqual(skus)
  expect(accepts(Sku, ["", "A", "a1", "İ1", "A 1", "A_1", "A/1", "A1\n", "X".repeat(41)])).toEqual([])
})

test("coupon codes are compared in upper case, without blanks around them, and in ASCII alone", () => {
  expect(CouponCode.parse(" welcome10 ")).toBe("WELCOME10")
  expect(
    accepts(CouponCode, ["ab", "A".repeat(33), "a b", "a_b", "ş10", "a'b", "ıphone150", "ﬁve", "ſale"]),
  ).toEqual([])
})

test("a payment method is a token of the provider's, never a card number", () => {
  expect(PaymentMethod.parse("pm_card_visa")).toBe("pm_card_visa")
  const wrong = ["4242424242424242", "pm_4242424242424242", "pm_", "pm_a b", `pm_${"a".repeat(61)}`, ""]
  expect(accepts(PaymentMethod, wrong)).toEqual([])
})

test("a reason is a code, not a sentence", () => {
  const codes = ["customer.asked", "stock.insufficient", "payment.card-declined"]
  expect(accepts(ReasonCode, codes)).toEqual(codes)
  expect(
    accepts(ReasonCode, ["", "Error: connect ECONNREFUSED", "a..b", ".a", "a.", "x".repeat(65)]),
  ).toEqual([])
})

test("quantities are whole, positive and bounded", () => {
  expect(accepts(Quantity, [0, 1, 1_000_000, 1_000_001, 1.5, -1, "1"])).toEqual([1, 1_000_000])
})
