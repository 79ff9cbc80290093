import type { TaxRates } from "../contracts/taxes.ts"

type Rates = {
  readonly since: string
  readonly state?: string
  readonly [taxCategory: string]: string | number | undefined
}

/**
 * Rates of some countries, in thousandths of a percent: examples for development and tests, no advice. A state's rate is
 * all that is due there, the country's share with it (Quebec: 5 % and 9.975 %).
 */
export const seedTaxRates: readonly TaxRates[] = [
  country("CA", [
    { since: "2008-01-01", standard: 5_000, reduced: 0, books: 5_000, shipping: 5_000 },
    { since: "2013-01-01", state: "QC", standard: 14_975, shipping: 14_975 },
    { since: "2010-07-01", state: "ON", standard: 13_000, shipping: 13_000 },
  ]),
  country("DE", [{ since: "2021-01-01", standard: 19_000, reduced: 7_000, books: 7_000, shipping: 19_000 }]),
  country("FR", [{ since: "2014-01-01", standard: 20_000, reduced: 5_500, books: 5_500, shipping: 20_000 }]),
  country("GB", [{ since: "2011-01-04", standard: 20_000, reduced: 5_000, books: 0, shipping: 20_000 }]),
  country("TR", [{ since: "2023-07-10", standard: 20_000, reduced: 10_000, books: 0, shipping: 20_000 }]),
  country("US", [
    { since: "2000-01-01", standard: 0, reduced: 0, books: 0, shipping: 0 },
    { since: "2017-01-01", state: "CA", standard: 7_250, books: 7_250 },
    { since: "2005-06-01", state: "NY", standard: 4_000, books: 4_000, shipping: 4_000 },
  ]),
]

function country(code: string, rates: readonly Rates[]): TaxRates {
  return {
    country: code,
    version: 1,
    rates: rates.flatMap(({ since, state, ...byCategory }) =>
      Object.entries(byCategory).map(([taxCategory, rate]) => ({
        country: code,
        ...(state !== undefined && { state }),
        taxCategory,
        rate: Number(rate),
        validFrom: `${since}T00:00:00.000Z`,
      })),
    ),
  }
}
