import { expect, test } from "vitest"
import { draftOf, newPrice, type Price, priceFrom } from "./price-draft.ts"

const price: Price = {
  unitPrice: { amount: 19_99, currency: "USD" },
  minQuantity: 10,
  customerGroup: "trade",
  validFrom: "2026-03-01T10:20:30.456Z",
  validUntil: "2026-04-01T00:00:00.000Z",
  taxCategory: "standard",
  includesTax: false,
}

test("a price that nobody changes is sent as it was, to the millisecond", () => {
  expect(priceFrom(draftOf(price))).toEqual(price)
})

test("a new row is for everybody, at any time, and taxed as the others are", () => {
  expect(priceFrom({ ...newPrice(draftOf(price)), amount: "5" })).toEqual({
    unitPrice: { amount: 5_00, currency: "USD" },
    ...{ minQuantity: 1, taxCategory: "standard", includesTax: false },
  })
})

test("what is no amount makes no price", () => {
  expect(priceFrom({ ...draftOf(price), amount: "19.999" })).toBeUndefined()
})
