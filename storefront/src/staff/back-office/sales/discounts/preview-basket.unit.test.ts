import { expect, test } from "vitest"
import { bodyOf, unitPriceOf } from "./preview-basket.ts"

const usd = (amount: number) => ({ amount, currency: "USD" as const })
const more = { taxCategory: "standard", includesTax: true }
const now = Date.parse("2026-11-26T12:00:00Z")

test("a unit costs the lowest price that applies to the basket at that moment", () => {
  const variant = {
    price: usd(10_00),
    prices: [
      { ...more, unitPrice: usd(10_00), minQuantity: 1 },
      { ...more, unitPrice: usd(8_00), minQuantity: 5 },
      { ...more, unitPrice: usd(7_00), minQuantity: 1, customerGroup: "trade" },
      { ...more, unitPrice: usd(1_00), minQuantity: 1, validUntil: "2026-11-26T12:00:00.000Z" },
      { ...more, unitPrice: usd(2_00), minQuantity: 1, validFrom: "2026-11-26T12:00:00.001Z" },
    ],
  }
  expect(unitPriceOf(variant, 1, [], now)).toEqual(usd(10_00))
  expect(unitPriceOf(variant, 5, [], now)).toEqual(usd(8_00))
  expect(unitPriceOf(variant, 5, ["trade"], now)).toEqual(usd(7_00))
  expect(unitPriceOf(variant, 1, [], now - 1)).toEqual(usd(1_00))
  expect(unitPriceOf(variant, 1, [], now + 1)).toEqual(usd(2_00))
  expect(unitPriceOf({ price: usd(3_00) }, 1, [], now)).toEqual(usd(3_00))
})

const basket = {
  lines: [],
  country: "DE",
  method: "",
  hasOrdered: true,
  groups: "trade, ",
  couponCode: " welcome10 ",
  at: "",
}

test("a coupon is sent beside a promotion, and never beside a drafted coupon", () => {
  const promotion = { name: "x" } as never
  expect(bodyOf({ promotion }, basket, [], usd(4_90))).toEqual({
    promotion,
    couponCodes: ["WELCOME10"],
    cart: { lines: [], customerGroups: ["trade"], hasOrdered: true, shipping: usd(4_90) },
  })
  expect(bodyOf({ coupon: promotion }, basket, [], undefined)).not.toHaveProperty("couponCodes")
})
