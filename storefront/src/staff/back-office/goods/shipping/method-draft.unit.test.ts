import { expect, test } from "vitest"
import { draftOf, type Method, newMethod, termsFrom } from "./method-draft.ts"

const method: Method = {
  ...{ id: "express", version: 3, name: { en: "Express" }, countries: ["DE", "FR"] },
  price: { amount: 14_90, currency: "USD" },
  freeFrom: { amount: 100_00, currency: "USD" },
  ...{ taxCategory: "shipping", includesTax: true, days: { min: 1, max: 2 } },
}

test("a method that nobody changes is sent as it was", () => {
  const { id: _, version: __, ...terms } = method
  expect(termsFrom(draftOf(method))).toEqual(terms)
})

test("countries are typed in any way, and none means everywhere", () => {
  expect(termsFrom({ ...draftOf(method), countries: "de; at,ch" })?.countries).toEqual(["DE", "AT", "CH"])
  expect(termsFrom({ ...draftOf(method), countries: " " })).not.toHaveProperty("countries")
})

test("what is no amount makes no method", () => {
  expect(termsFrom(newMethod())).toBeUndefined()
  expect(termsFrom({ ...draftOf(method), freeFrom: "many" })).toBeUndefined()
})
