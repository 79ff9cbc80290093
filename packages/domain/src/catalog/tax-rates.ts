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

export const taxRatePast = defineRefusal(
  "tax-rate.past",
  "rule",
  ({ index }) => `Rate ${index} is for a time in which another rate held, which is over and stays as it was.`,
  z.object({ index: place }),
)

type Wanted = z.output<typeof TaxRateList>[number]

const endOf = ({ validUntil }: Pick<TaxRate, "validUntil">): string => validUntil ?? "9999"
const isOver = (rate: TaxRate, at: Date): boolean => new Date(endOf(rate)) <= at

/** Whether two rates are for the same state and tax category and hold at one time. */
const overlap = (one: Wanted, other: Wanted): boolean =>
  one.taxCategory === other.taxCategory &&
  one.state === other.state &&
  one.validFrom < endOf(other) &&
  other.validFrom < endOf(one)

const isSame = (one: Wanted, other: Wanted): boolean =>
  overlap(one, other) &&
  one.rate === other.rate &&
  one.validFrom === other.validFrom &&
  one.validUntil === other.validUntil

/**
 * Decides a country's new list of rates. Rates that are over stay whatever the list says, since they prove what was
 * invoiced while they held; the list may name them again.
 * @param known the country as it is, with all its rates; version 0 where nothing is known of it
 * @returns the country with its next version, or why the list cannot be
 */
export function decideTaxRates(
  known: TaxRates,
  wanted: z.output<typeof TaxRateList>,
  at: Date,
): TaxRates | RefusalOf<[typeof taxRateNever, typeof taxRatesOverlap, typeof taxRatePast]> {
  const { country, version } = known
  const past = known.rates.filter((rate) => isOver(rate, at))
  for (const [index, rate] of wanted.entries()) {
    if (rate.validFrom >= endOf(rate)) return taxRateNever({ index })
    const other = wanted.findIndex((one, place) => place < index && overlap(one, rate))
    if (other >= 0) return taxRatesOverlap({ indexes: [other, index] })
    if (past.some((one) => overlap(one, rate) && !isSame(one, rate))) return taxRatePast({ index })
  }
  const isNew = (rate: Wanted) => !past.some((one) => isSame(one, rate))
  const rates = wanted.filter(isNew).map((rate) => ({ country, ...rate }))
  return { country, version: version + 1, rates: [...past, ...rates] }
}

/** Without the rates that are over. */
export const ratesFrom = (rates: TaxRates, at: Date): TaxRates => ({
  ...rates,
  rates: rates.rates.filter((rate) => !isOver(rate, at)),
})
