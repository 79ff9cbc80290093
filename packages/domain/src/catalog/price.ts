import * as z from "zod"
import { Price } from "../contracts/prices.ts"
import { Quantity, Sku } from "../kernel/ids.ts"
import { Currency } from "../kernel/money.ts"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { isSame } from "../kernel/same.ts"

/** A price as it is stored. Nobody changes it: it is ended, and what was is the history. */
export type PriceRow = Price & {
  readonly id: string
  readonly sku: string
  readonly recordedAt: Date
  /** When it was ended; absent while it stands. */
  readonly supersededAt?: Date
}

/** What an edit of prices does to the rows, and when. */
export type PriceChange = {
  readonly ended: readonly PriceRow[]
  readonly added: readonly PriceRow[]
  readonly at: Date
}

/** An instant that a merchant writes, to the millisecond, in years that every store knows. */
export const Instant = z.iso
  .datetime()
  .regex(/^(19|20|21)\d\d-/, "Must be a year from 1900 to 2199")
  .transform((text) => new Date(text).toISOString())
  // Said again for documents of what is answered.
  .pipe(z.iso.datetime())

/** All prices of one variant, as a merchant sets them. */
export const PriceList = z
  .array(
    z.strictObject({
      ...Price.shape,
      unitPrice: z.strictObject({ amount: z.int().min(1), currency: Currency }),
      minQuantity: Quantity.default(1).describe("From how many units of the line on"),
      validFrom: Instant.optional().describe("Inclusive"),
      validUntil: Instant.optional().describe("Exclusive"),
    }),
  )
  .max(100)

/** A variant with all its prices, as a merchant sets them. */
export const VariantPriceList = z.strictObject({ sku: Sku, prices: PriceList })

const place = z.int().min(0).describe("The price's place in the list, from 0 on")

export const priceOver = defineRefusal(
  "price.over",
  "rule",
  ({ index }) => `Price ${index} ends before it begins, or is over already.`,
  z.object({ index: place }),
)

export const pricesOverlap = defineRefusal(
  "price.overlap",
  "rule",
  ({ indexes: [first, second] }) =>
    `Prices ${first} and ${second} are for the same currency, customer group and quantity and hold at one time; ` +
    "one must lie within the other and cost less.",
  z.object({ indexes: z.tuple([place, place]) }),
)

export const pricesMixed = defineRefusal(
  "price.gross-and-net",
  "rule",
  "The prices of a variant in one currency are either all gross or all net.",
)

export const priceMissing = defineRefusal(
  "price.missing",
  "rule",
  ({ sku, from }) =>
    `One unit of ${sku} must have a price for everybody at any time; from ${from} on it has none.`,
  z.object({ sku: z.string(), from: z.iso.datetime() }),
)

const beginOf = ({ validFrom }: Price): number =>
  validFrom === undefined ? -Infinity : Date.parse(validFrom)
const endOf = ({ validUntil }: Price): number =>
  validUntil === undefined ? Infinity : Date.parse(validUntil)

/** Whether it is what one unit costs everybody. */
export const isForEverybody = ({ customerGroup, minQuantity }: Price): boolean =>
  customerGroup === undefined && minQuantity === 1

/** Without those that are over. */
export const notOver = <P extends Price>(prices: readonly P[], at: Date): P[] =>
  prices.filter((price) => endOf(price) > at.getTime())

/** A price as others see it, without what is said of its row. */
export const priceOf = ({ id, sku, recordedAt, supersededAt, ...price }: PriceRow): Price => price

/** Whether one is a reduction of the other: it lies within the other's time and costs less. */
const isReductionOf = (a: Price, b: Price): boolean =>
  beginOf(a) >= beginOf(b) &&
  endOf(a) <= endOf(b) &&
  (beginOf(a) > beginOf(b) || endOf(a) < endOf(b)) &&
  a.unitPrice.amount < b.unitPrice.amount

/** Whether both hold at one time for the same buyers, and neither is a reduction of the other. */
const clash = (a: Price, b: Price): boolean =>
  a.unitPrice.currency === b.unitPrice.currency &&
  a.customerGroup === b.customerGroup &&
  a.minQuantity === b.minQuantity &&
  beginOf(a) < endOf(b) &&
  beginOf(b) < endOf(a) &&
  !isReductionOf(a, b) &&
  !isReductionOf(b, a)

/**
 * Since when one unit has no price for everybody, at `from` or later.
 * @returns undefined when it always has one, which is what may be published
 */
export function gapIn(prices: readonly Price[], from: Date): Date | undefined {
  const everybodys = prices.filter(isForEverybody)
  let covered = from.getTime()
  while (covered < Infinity) {
    const ends = everybodys.filter((price) => beginOf(price) <= covered).map(endOf)
    const next = Math.max(covered, ...ends)
    if (next === covered) return new Date(covered)
    covered = next
  }
  return undefined
}

/**
 * Decides a new list of a variant's prices. Rows that are in it stay as they are; the others end now, and what is new
 * is added.
 * @param standing the variant's rows that have not been ended
 * @param about.onSale whether the product is published: then one unit must always have a price for everybody
 * @returns what to do to the rows; nothing when the list says what stands already
 */
export function decidePrices(
  standing: readonly PriceRow[],
  wanted: readonly Price[],
  about: {
    readonly sku: string
    readonly onSale: boolean
    readonly now: Date
    readonly newId: () => string
  },
):
  | PriceChange
  | RefusalOf<[typeof priceOver, typeof pricesOverlap, typeof pricesMixed, typeof priceMissing]> {
  const { sku, now, newId } = about
  const isStanding = (price: Price) => standing.some((row) => isSame(priceOf(row), price))
  const isWanted = (row: PriceRow) => wanted.some((price) => isSame(priceOf(row), price))
  // What stands may be said again also where it could not be set any more.
  if (
    wanted.length > 0 &&
    wanted.length === standing.length &&
    wanted.every(isStanding) &&
    standing.every(isWanted)
  )
    return { at: now, ended: [], added: [] }
  const isOver = (price: Price) => endOf(price) <= now.getTime()
  for (const [index, price] of wanted.entries()) {
    if (beginOf(price) >= endOf(price) || (isOver(price) && !isStanding(price))) return priceOver({ index })
    const other = wanted.findIndex((one, at) => at < index && !isOver(one) && clash(one, price))
    if (other >= 0 && !isOver(price)) return pricesOverlap({ indexes: [other, index] })
  }
  const current = wanted.filter((price) => !isOver(price))
  const grossOrNet = new Set(
    current.map(({ unitPrice, includesTax }) => `${unitPrice.currency} ${includesTax}`),
  )
  if (grossOrNet.size > new Set(current.map(({ unitPrice }) => unitPrice.currency)).size) return pricesMixed()
  const gap = about.onSale ? gapIn(wanted, now) : undefined
  if (gap) return priceMissing({ sku, from: gap.toISOString() })
  // Another instance's clock may be ahead: a row never ends before it was recorded.
  const at = new Date(Math.max(now.getTime(), ...standing.map(({ recordedAt }) => recordedAt.getTime())))
  return {
    at,
    ended: standing.filter((row) => !isWanted(row)),
    added: wanted
      .filter((price) => !isStanding(price))
      .map((price) => ({ ...price, id: newId(), sku, recordedAt: at })),
  }
}

/** A variant's rows after a change. */
export const afterChange = (rows: readonly PriceRow[], { ended, added, at }: PriceChange): PriceRow[] => [
  ...rows.map((row) => (ended.some(({ id }) => id === row.id) ? { ...row, supersededAt: at } : row)),
  ...added,
]
