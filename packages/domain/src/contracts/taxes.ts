import * as z from "zod"
import { CountryCode, TaxCategory } from "../kernel/ids.ts"
import { type Money, partOf } from "../kernel/money.ts"
import { freeText } from "../kernel/text.ts"
import type { Tax } from "./basket-events.ts"
import { isValidAt } from "./prices.ts"
import { defineRoute } from "./route.ts"

/** What a rate is counted in: thousandths of a percent, so that Quebec's 9.975 % is exact. */
export const RATE_UNIT = 100_000

export const Rate = z
  .int()
  .min(0)
  .max(RATE_UNIT)
  .describe("Thousandths of a percent: 19000 is 19 %, 9975 is 9.975 %")

/** The tax on what is sold to a country, or to one of its states, from one instant to another. */
export const TaxRate = z.object({
  country: CountryCode,
  state: freeText(60).optional().describe("Only for this state, as its people write it"),
  taxCategory: TaxCategory,
  rate: Rate,
  validFrom: z.iso.datetime(),
  validUntil: z.iso.datetime().optional(),
})
export type TaxRate = z.infer<typeof TaxRate>

/** All rates of a country that hold now or will. `version` grows by one with every change of one of them. */
export const TaxRates = z.object({
  country: CountryCode,
  version: z.int().min(0).describe("0: nothing is known of the country, and nothing is taxed"),
  rates: z.array(TaxRate),
})
export type TaxRates = z.infer<typeof TaxRates>

/** What Basket asks Catalog about a country that it does not know yet. */
export const getTaxRates = defineRoute({
  method: "GET",
  path: "tax-rates/{country}",
  input: z.strictObject({ country: CountryCode }),
  answer: TaxRates,
  example: {
    input: { country: "DE" },
    answer: {
      country: "DE",
      version: 2,
      rates: [
        { country: "DE", taxCategory: "standard", rate: 19_000, validFrom: "2021-01-01T00:00:00.000Z" },
        { country: "DE", taxCategory: "books", rate: 7_000, validFrom: "2021-01-01T00:00:00.000Z" },
      ],
    },
  },
})

/** The state's rate where it has one of its own, else the country's; 0 where there is none. */
export function rateFor(
  rates: readonly TaxRate[],
  about: { readonly taxCategory: string; readonly state?: string | undefined; readonly at: Date },
): number {
  const valid = rates.filter((rate) => rate.taxCategory === about.taxCategory && isValidAt(rate, about.at))
  const ofState = valid.find(({ state }) => state !== undefined && state === about.state)
  return (ofState ?? valid.find(({ state }) => state === undefined))?.rate ?? 0
}

/**
 * The tax on the amount of one line, after its discounts. It is rounded here, per line, half to even, and nowhere else:
 * the tax of an order is the sum of what its lines state.
 * @param included whether the amount holds the tax already
 */
export const taxOn = (amount: Money, rate: number, included: boolean): Tax => ({
  rate,
  amount: partOf(amount, rate, included ? RATE_UNIT + rate : RATE_UNIT),
  included,
})
