import * as z from "zod"
import { type TaxRate, TaxRate as TaxRateContract, type TaxRates } from "../contracts/taxes.ts"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { freeText } from "../kernel/text.ts"
import { Instant } from "./price.ts"

/** All rates of a country, as a merchant sets them. The country is said once, beside them. */
export const TaxRateList = z
  .array(
    z.strictObject({
      ...TaxRateContract.omit({ country: true }).shape,
      state: freeText(60).optional().describe("Only for this state, as its people write it"),
      validFrom: Instant.describe("Inclusive"),
      validUntil: Instant.optional().describe("Exclusive"),
    }),
  )
  .max(500)

const place = z.int().min(0).describe("The rate's place in the list, from 0 on")

export const taxRateNever = defineRefusal(
  "tax-rate.never-valid",
  "rule",
  ({ index }) => `Rate ${index} ends before it begins.`,
  z.object({ index: place }),
)

export const taxRatesOverlap = defineRefusal(
  "tax-rate.overlap",
  "rule",
  ({ indexes: [first, second] }) =>
    `Rates ${first} and ${second} are for the same state and tax category and hold at one time.`,
  z.object({ indexes: z.tuple([place, place]) }),
)

const endOf = ({ validUntil }: Pick<TaxRate, "validUntil">): string => validUntil ?? "9999"

/**
 * Decides a country's new list of rates.
 * @param known the country as it is; version 0 where nothing is known of it
 * @returns the country with its next version, or why the list cannot be
 */
export function decideTaxRates(
  { country, version }: Pick<TaxRates, "country" | "version">,
  wanted: z.output<typeof TaxRateList>,
): TaxRates | RefusalOf<[typeof taxRateNever, typeof taxRatesOverlap]> {
  for (const [index, rate] of wanted.entries()) {
    if (rate.validFrom >= endOf(rate)) return taxRateNever({ index })
    const other = wanted.findIndex(
      (one, at) =>
        at < index &&
        one.taxCategory === rate.taxCategory &&
        one.state === rate.state &&
        one.validFrom < endOf(rate) &&
        rate.validFrom < endOf(one),
    )
    if (other >= 0) return taxRatesOverlap({ indexes: [other, index] })
  }
  return { country, version: version + 1, rates: wanted.map((rate) => ({ country, ...rate })) }
}

/** Without the rates that are over. */
export const ratesFrom = (rates: TaxRates, at: Date): TaxRates => ({
  ...rates,
  rates: rates.rates.filter(({ validUntil }) => validUntil === undefined || at < new Date(validUntil)),
})
