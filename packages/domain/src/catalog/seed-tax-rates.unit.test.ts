import { expect, test } from "vitest"
import { rateFor, TaxRates } from "../contracts/taxes.ts"
import { seedTaxRates } from "./seed-tax-rates.ts"
import { decideTaxRates, TaxRateList } from "./tax-rates.ts"

test("the seed's rates are ones that could be set", () => {
  for (const rates of seedTaxRates) {
    expect(TaxRates.parse(rates)).toEqual(rates)
    const wanted = TaxRateList.parse(rates.rates.map(({ country: _, ...rate }) => rate))
    expect(decideTaxRates({ country: rates.country, version: 0, rates: [] }, wanted, new Date())).toEqual(
      rates,
    )
  }
})

test.each([
  ["CA", "QC", "standard", 14_975],
  ["CA", "QC", "books", 5_000],
  ["CA", "AB", "standard", 5_000],
  ["DE", undefined, "books", 7_000],
  ["FR", undefined, "reduced", 5_500],
  ["GB", undefined, "shipping", 20_000],
  ["TR", "İstanbul", "standard", 20_000],
  ["US", "NY", "shipping", 4_000],
  ["US", "CA", "shipping", 0],
  ["US", "OR", "standard", 0],
])("what is sold to %s, %s as %s is taxed by %d", (country, state, taxCategory, expected) => {
  const rates = seedTaxRates.find((one) => one.country === country)?.rates ?? []
  expect(rateFor(rates, { taxCategory, state, at: new Date("2026-01-01T00:00:00Z") })).toBe(expected)
})
