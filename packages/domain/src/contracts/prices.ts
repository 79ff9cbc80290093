import * as z from "zod"
import { CustomerGroup, TaxCategory } from "../kernel/ids.ts"
import { Money } from "../kernel/money.ts"

/** What one unit of a variant costs: for whom, when, and from how many on. */
export const Price = z.object({
  unitPrice: Money,
  minQuantity: z.int().min(1).describe("From how many units of the line on"),
  customerGroup: CustomerGroup.optional().describe("Only for customers of this group"),
  validFrom: z.iso.datetime().optional().describe("Inclusive"),
  validUntil: z.iso.datetime().optional().describe("Exclusive"),
  taxCategory: TaxCategory,
  includesTax: z.boolean().describe("Gross: the price holds its tax; net: the tax is added"),
})
export type Price = z.infer<typeof Price>

/** Whom and what a price is asked for. */
export type PriceContext = {
  readonly quantity: number
  readonly customerGroups: readonly string[]
  readonly at: Date
}

/** Whether a price holds at an instant. */
export const isValidAt = (
  { validFrom, validUntil }: Pick<Price, "validFrom" | "validUntil">,
  at: Date,
): boolean => (!validFrom || at >= new Date(validFrom)) && (!validUntil || at < new Date(validUntil))

/** The price that a customer pays: the lowest of those that apply; undefined where none does, and nothing is sold. */
export function priceFor(prices: readonly Price[], context: PriceContext): Price | undefined {
  const { quantity, customerGroups, at } = context
  let lowest: Price | undefined
  for (const price of prices) {
    const applies =
      isValidAt(price, at) &&
      price.minQuantity <= quantity &&
      (price.customerGroup === undefined || customerGroups.includes(price.customerGroup))
    if (applies && (!lowest || price.unitPrice.amount < lowest.unitPrice.amount)) lowest = price
  }
  return lowest
}
