import { describe, expect, test } from "vitest"
import { usd } from "../kernel/money.ts"
import { chooseOffer, offersFor, type ShippingMethod, ShippingTerms } from "./shipping.ts"

const method = (id: string, amount: number, more: Partial<ShippingMethod> = {}): ShippingMethod => ({
  id,
  name: { en: id },
  price: usd(amount),
  taxCategory: "standard",
  includesTax: true,
  version: 1,
  ...more,
})
const standard = method("standard", 4_90, { freeFrom: usd(100_00) })
const express = method("express", 14_90)
const german = method("abholung", 0, { countries: ["DE"] })
const offered = (country: string | undefined, value: number) =>
  offersFor([express, standard, german], country, usd(value)).map(({ method: { id }, price }) => [
    id,
    price.amount,
  ])

describe("what a cart is offered", () => {
  test("is what goes to its country, the cheapest first", () => {
    expect(offered("FR", 99_99)).toEqual([
      ["standard", 4_90],
      ["express", 14_90],
    ])
  })
  test("is free from its value on, and of one price in the order of the ids", () => {
    expect(offered("DE", 100_00)).toEqual([
      ["abholung", 0],
      ["standard", 0],
      ["express", 14_90],
    ])
  })
  test("is what goes everywhere, while the country is not known", () => {
    expect(offered(undefined, 1)).toEqual([
      ["standard", 4_90],
      ["express", 14_90],
    ])
  })
  test("is nothing where nothing goes", () => {
    expect(offersFor([german], "FR", usd(1))).toEqual([])
  })
})

test("the chosen offer is taken, else the cheapest", () => {
  const offers = offersFor([express, standard], "FR", usd(1))
  const chosen = ["express", undefined, "pigeon"].map((id) => chooseOffer(offers, id)?.method.id)
  expect(chosen).toEqual(["express", "standard", "standard"])
  expect(chooseOffer([], "express")).toBeUndefined()
})

test("days that end before they begin are no terms", () => {
  const { id: _, version: __, ...terms } = standard
  expect(ShippingTerms.safeParse({ ...terms, days: { min: 3, max: 2 } }).success).toBe(false)
  expect(ShippingTerms.safeParse({ ...terms, days: { min: 2, max: 2 } }).success).toBe(true)
})
