import { type Price, priceFor } from "../contracts/prices.ts"
import { type Money, sameMoney } from "../kernel/money.ts"
import { isForEverybody, type PriceRow } from "./price.ts"

/** How far back the lowest price before a reduction is looked for (Directive 98/6/EC, Article 6a). */
export const REDUCTION_DAYS = 30

const DAY_MS = 24 * 60 * 60 * 1_000

/** From this instant on one unit costs everybody this much; nothing where it has no price. */
export type PriceStep = { readonly from: Date; readonly price: Money | undefined }

/** What other contexts have been told, and when time alone will change it. */
export type AnnouncedPrice = PriceStep & { readonly changesAt: Date | undefined }

/** When a row was, is or will be in force: recorded and not ended, and within its validity. */
const timeOf = ({
  recordedAt,
  supersededAt,
  validFrom,
  validUntil,
}: PriceRow): [from: number, until: number] => [
  Math.max(recordedAt.getTime(), validFrom === undefined ? -Infinity : Date.parse(validFrom)),
  Math.min(supersededAt?.getTime() ?? Infinity, validUntil === undefined ? Infinity : Date.parse(validUntil)),
]

/** What one unit costs everybody over time, step by step; two steps after each other differ. */
export function priceSteps(rows: readonly PriceRow[]): PriceStep[] {
  const inForce = rows
    .filter(isForEverybody)
    .map((row) => ({ row, from: timeOf(row)[0], until: timeOf(row)[1] }))
    .filter(({ from, until }) => from < until)
  const instants = [...new Set(inForce.flatMap(({ from, until }) => [from, until]))].filter(Number.isFinite)
  const steps: PriceStep[] = []
  for (const instant of instants.sort((a, b) => a - b)) {
    const holding = inForce.filter(({ from, until }) => from <= instant && instant < until)
    const at = new Date(instant)
    const lowest = priceFor(
      holding.map(({ row }) => row),
      { quantity: 1, customerGroups: [], at },
    )
    if (!sameOrNone(steps.at(-1)?.price, lowest?.unitPrice))
      steps.push({ from: at, price: lowest?.unitPrice })
  }
  return steps
}

const sameOrNone = (a: Money | undefined, b: Money | undefined): boolean =>
  a && b ? sameMoney(a, b) : a === b

/**
 * What is to be told of a variant's price at an instant.
 * @param rows those that stand, and those that were in force after what was told last began
 * @param last what was told last: its beginning is kept while the price stays the same
 */
export function announcementAt(
  rows: readonly PriceRow[],
  at: Date,
  last: AnnouncedPrice | undefined,
): AnnouncedPrice {
  const steps = priceSteps(rows)
  const step = steps.findLast(({ from }) => from <= at)
  // What was in force before that is not among the rows: it cannot say that the price began earlier, or not at all.
  const keeps = last && sameOrNone(last.price, step?.price) && (!step || step.from < last.from)
  return {
    price: step?.price,
    from: keeps ? last.from : (step?.from ?? at),
    changesAt: steps.find(({ from }) => from > at)?.from,
  }
}

/**
 * The lowest that one unit cost everybody in the 30 days before the present reduction began. A reduction is announced
 * while a lower price holds within the time of a higher one that stays; it began when the price became what it is.
 * @param rows those that stand, and those that were in force in the 30 days before the reduction began, or later
 * @returns undefined where nothing is reduced at this instant, or nothing was sold before
 */
export function lowestPriceBeforeReduction(rows: readonly PriceRow[], at: Date): Money | undefined {
  if (!isReduced(rows, at)) return undefined
  const steps = priceSteps(rows)
  const present = steps.findLastIndex(({ from }) => from <= at)
  const began = steps[present]?.from.getTime() ?? 0
  let lowest: Money | undefined
  // A step of the time before holds until the next one begins, the last of them until the reduction.
  for (let index = present - 1; index >= 0; index--) {
    const { price } = steps[index] as PriceStep
    const until = (steps[index + 1] as PriceStep).from.getTime()
    if (until <= began - REDUCTION_DAYS * DAY_MS) break
    if (price && (!lowest || price.amount < lowest.amount)) lowest = price
  }
  return lowest
}

/** Whether one unit costs everybody less at this instant than a price that holds as well. */
export function isReduced(rows: readonly PriceRow[], at: Date): boolean {
  const amounts = rows
    .filter((row) => isForEverybody(row) && timeOf(row)[0] <= at.getTime() && at.getTime() < timeOf(row)[1])
    .map(({ unitPrice }) => unitPrice.amount)
  return Math.max(...amounts) > Math.min(...amounts)
}

/** Whether one of these prices can be a reduction of another one: only then their history is of interest. */
export const mayBeReduced = (prices: readonly Price[]): boolean => prices.filter(isForEverybody).length > 1

/** A time in which a price is reduced, and the lowest price of the 30 days before that began. As JSON. */
export type Reduction = { readonly from: string; readonly until?: string; readonly lowestPrice30Days: Money }

/**
 * The reductions that hold or will hold once everything in these rows has been recorded, as far as something was sold
 * before them.
 * @param rows as for {@link lowestPriceBeforeReduction}
 */
export function reductionsOf(rows: readonly PriceRow[]): Reduction[] {
  const times = rows.filter(isForEverybody).map(timeOf)
  const recorded = Math.max(...rows.map(({ recordedAt }) => recordedAt.getTime()))
  const instants = [recorded, ...times.flat().filter((instant) => recorded < instant && instant < Infinity)]
  const inOrder = [...new Set(instants)].sort((a, b) => a - b)
  return inOrder.flatMap((instant, index): Reduction[] => {
    const lowestPrice30Days = lowestPriceBeforeReduction(rows, new Date(instant))
    const until = inOrder[index + 1]
    if (!lowestPrice30Days) return []
    const from = new Date(instant).toISOString()
    return [{ from, ...(until !== undefined && { until: new Date(until).toISOString() }), lowestPrice30Days }]
  })
}
