import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Money, usd } from "../kernel/money.ts"
import type { PriceRow } from "./price.ts"
import { announcementAt, lowestPriceBeforeReduction, priceSteps, reductionsOf } from "./price-history.ts"

const START = Date.parse("2026-01-01T00:00:00Z")
const DAY = 86_400_000
const day = (days: number) => new Date(START + days * DAY)

let ids = 0
type Said = {
  recorded?: number
  ended?: number
  from?: number
  until?: number
  group?: string
  quantity?: number
}
const row = (
  amount: number,
  { recorded = 0, ended, from, until, group, quantity = 1 }: Said = {},
): PriceRow => ({
  id: `id-${++ids}`,
  sku: "S",
  unitPrice: usd(amount),
  minQuantity: quantity,
  taxCategory: "standard",
  includesTax: true,
  recordedAt: day(recorded),
  ...(group && { customerGroup: group }),
  ...(ended !== undefined && { supersededAt: day(ended) }),
  ...(from !== undefined && { validFrom: day(from).toISOString() }),
  ...(until !== undefined && { validUntil: day(until).toISOString() }),
})

describe("the lowest price of the 30 days before a reduction", () => {
  const sale = (amount: number, from: number, until = 100) => row(amount, { from, until })

  test("is the one before, where nothing else was", () => {
    expect(lowestPriceBeforeReduction([row(100), sale(80, 40)], day(40))).toEqual(usd(100))
  })
  test("is of no interest a millisecond before the reduction, nor when it is over", () => {
    const rows = [row(100), sale(80, 40, 50)]
    expect(lowestPriceBeforeReduction(rows, new Date(day(40).getTime() - 1))).toBeUndefined()
    expect(lowestPriceBeforeReduction(rows, new Date(day(50).getTime() - 1))).toEqual(usd(100))
    expect(lowestPriceBeforeReduction(rows, day(50))).toBeUndefined()
  })
  test("counts an earlier sale that ended within the 30 days, to the millisecond", () => {
    const before = (until: Date) => ({ ...row(70, { from: 1 }), validUntil: until.toISOString() })
    const rows = (until: Date) => [row(100), before(until), sale(80, 40)]
    expect(lowestPriceBeforeReduction(rows(day(10)), day(41))).toEqual(usd(100))
    expect(lowestPriceBeforeReduction(rows(new Date(day(10).getTime() + 1)), day(41))).toEqual(usd(70))
  })
  test("is the first reduction where it goes further down", () => {
    expect(lowestPriceBeforeReduction([row(100), sale(80, 40), sale(60, 50, 60)], day(55))).toEqual(usd(80))
  })
  test("stays the same when the sale is extended by an edit", () => {
    const rows = [
      row(100),
      row(80, { recorded: 30, ended: 45, from: 40, until: 50 }),
      row(80, { recorded: 45, from: 40, until: 90 }),
    ]
    expect(lowestPriceBeforeReduction(rows, day(80))).toEqual(usd(100))
  })
  test("does not look at what groups and larger quantities paid", () => {
    const rows = [row(100), row(10, { group: "trade" }), row(20, { quantity: 5 }), sale(80, 40)]
    expect(lowestPriceBeforeReduction(rows, day(41))).toEqual(usd(100))
  })
  test("is unknown where nothing was sold before", () => {
    expect(lowestPriceBeforeReduction([row(100, { recorded: 40 }), sale(80, 40)], day(41))).toBeUndefined()
  })
  test("is of no interest where a price was lowered for good", () => {
    const rows = [row(100, { ended: 40 }), row(80, { recorded: 40 })]
    expect(lowestPriceBeforeReduction(rows, day(41))).toBeUndefined()
  })
})

const anyRow = fc
  .record({
    amount: fc.integer({ min: 1, max: 5 }),
    recorded: fc.nat(70),
    lasts: fc.option(fc.nat(60), { nil: undefined }),
    from: fc.option(fc.nat(90), { nil: undefined }),
    holds: fc.option(fc.integer({ min: 1, max: 40 }), { nil: undefined }),
    group: fc.constantFrom(undefined, undefined, undefined, "trade"),
    quantity: fc.constantFrom(1, 1, 1, 5),
  })
  .map(({ amount, recorded, lasts, from, holds, group, quantity }) =>
    row(amount, {
      recorded,
      quantity,
      ...(group && { group }),
      ...(lasts !== undefined && { ended: recorded + lasts }),
      ...(from !== undefined && { from }),
      ...(holds !== undefined && { until: (from ?? 0) + holds }),
    }),
  )
const anyRows = fc.array(anyRow, { maxLength: 8 })
const DAYS = Array.from({ length: 140 }, (_, index) => index)

/** What holds on a day: every bound is a day's beginning, so that looking at each day is looking at everything. */
const amountsOn = (rows: readonly PriceRow[], at: Date): number[] =>
  rows
    .filter((one) => one.customerGroup === undefined && one.minQuantity === 1)
    .filter((one) => one.recordedAt <= at && (!one.supersededAt || at < one.supersededAt))
    .filter(
      (one) =>
        (!one.validFrom || new Date(one.validFrom) <= at) &&
        (!one.validUntil || at < new Date(one.validUntil)),
    )
    .map(({ unitPrice }) => unitPrice.amount)
const costOn = (rows: readonly PriceRow[], at: number): number | undefined => {
  const amounts = amountsOn(rows, day(at))
  return amounts.length > 0 ? Math.min(...amounts) : undefined
}
const amountOf = (money: Money | undefined) => money?.amount

test("what one unit cost over time is what holds on each day", () => {
  fc.assert(
    fc.property(anyRows, (rows) => {
      const steps = priceSteps(rows)
      expect(DAYS.map((at) => amountOf(steps.findLast(({ from }) => from <= day(at))?.price))).toEqual(
        DAYS.map((at) => costOn(rows, at)),
      )
    }),
    { numRuns: 1_000 },
  )
})

test("1,000 histories: the lowest price before a reduction is what looking at each day says", () => {
  let reductions = 0
  fc.assert(
    fc.property(anyRows, fc.nat(120), (rows, today) => {
      const amounts = amountsOn(rows, day(today))
      let began = today
      while (began > 0 && costOn(rows, began - 1) === costOn(rows, today)) began--
      const before = DAYS.slice(Math.max(0, began - 30), began).flatMap((at) => costOn(rows, at) ?? [])
      const isReduced = amounts.some((amount) => amount > Math.min(...amounts))
      const expected = isReduced && before.length > 0 ? Math.min(...before) : undefined
      if (expected !== undefined) reductions++
      expect(amountOf(lowestPriceBeforeReduction(rows, day(today)))).toBe(expected)
    }),
    { numRuns: 1_000 },
  )
  expect(reductions).toBeGreaterThan(0)
})

test("1,000 histories: what will be shown of reductions is what looking at each later day says", () => {
  fc.assert(
    fc.property(fc.array(anyRow, { minLength: 1, maxLength: 8 }), (later) => {
      // As a store reads them: what is ended has been, and nothing else is known to end.
      const recorded = Math.max(...later.map(({ recordedAt }) => recordedAt.getTime()))
      const rows = later.filter((one) => !one.supersededAt || one.supersededAt.getTime() <= recorded)
      const reductions = reductionsOf(rows)
      for (const at of DAYS.filter((one) => day(one).getTime() >= recorded && rows.length > 0)) {
        const shown = reductions.find(
          ({ from, until }) => new Date(from) <= day(at) && (!until || day(at) < new Date(until)),
        )
        expect(shown?.lowestPrice30Days).toEqual(lowestPriceBeforeReduction(rows, day(at)))
      }
    }),
    { numRuns: 1_000 },
  )
})

describe("what others are told", () => {
  test("is the price, since when it is, and when time alone changes it", () => {
    const rows = [row(100), row(80, { from: 10, until: 20 })]
    expect(announcementAt(rows, day(5), undefined)).toEqual({
      price: usd(100),
      from: day(0),
      changesAt: day(10),
    })
    expect(announcementAt(rows, day(10), undefined)).toEqual({
      price: usd(80),
      from: day(10),
      changesAt: day(20),
    })
    expect(announcementAt(rows, day(30), undefined)).toEqual({
      price: usd(100),
      from: day(20),
      changesAt: undefined,
    })
    expect(announcementAt([], day(30), undefined)).toEqual({
      price: undefined,
      from: day(30),
      changesAt: undefined,
    })
  })

  test("step after step is what looking at all rows at once says", () => {
    fc.assert(
      fc.property(anyRows, fc.array(fc.integer({ min: 1, max: 130 }), { maxLength: 6 }), (later, times) => {
        const rows = [row(9, { ended: 1 }), ...later]
        let last = announcementAt(rows, day(0), undefined)
        for (const at of [...times].sort((a, b) => a - b)) {
          // What a store still knows: rows that stand, and those in force since what was told began.
          const known = rows.filter((one) => !one.supersededAt || one.supersededAt > last.from)
          const seen = known.filter((one) => one.recordedAt <= day(at))
          const all = rows.filter((one) => one.recordedAt <= day(at))
          last = announcementAt(seen, day(at), last)
          expect(last).toEqual(announcementAt(all, day(at), undefined))
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
