import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { isValidAt, type Price } from "../contracts/prices.ts"
import { usd } from "../kernel/money.ts"
import { isRefusal } from "../kernel/refusal.ts"
import { isSame } from "../kernel/same.ts"
import { afterChange, decidePrices, gapIn, PriceList, type PriceRow, priceOf } from "./price.ts"

const START = Date.parse("2026-01-01T00:00:00Z")
const HOUR = 3_600_000
const hour = (hours: number) => new Date(START + hours * HOUR).toISOString()
const now = new Date(hour(5))

let ids = 0
const newId = () => `id-${++ids}`
const price = (amount: number, more: Partial<Price> = {}): Price => ({
  unitPrice: usd(amount),
  minQuantity: 1,
  taxCategory: "standard",
  includesTax: true,
  ...more,
})
const decide = (wanted: readonly Price[], standing: readonly PriceRow[] = [], onSale = true) =>
  decidePrices(standing, wanted, { sku: "S", onSale, now, newId })
const rowsOf = (prices: readonly Price[], recordedAt = new Date(hour(0))): PriceRow[] =>
  prices.map((one) => ({ ...one, id: newId(), sku: "S", recordedAt }))

describe("a list of prices", () => {
  test("may hold base, reduction, larger quantities and groups", () => {
    const wanted = [
      price(100),
      price(80, { validFrom: hour(6), validUntil: hour(8) }),
      price(90, { minQuantity: 10 }),
      price(85, { customerGroup: "trade" }),
      price(75, { customerGroup: "trade", minQuantity: 10 }),
    ]
    const decided = decide(wanted)
    expect(decided).toMatchObject({
      ended: [],
      added: wanted.map((one) => ({ ...one, sku: "S", recordedAt: now })),
    })
  })

  test("may hand over from one base to the next", () => {
    const wanted = [price(100, { validUntil: hour(7) }), price(120, { validFrom: hour(7) })]
    expect(decide(wanted)).toMatchObject({ added: wanted })
  })

  test.each<[why: string, wanted: Price[], code: string, data: object | undefined]>([
    ["twice the same", [price(100), price(100)], "price.overlap", { indexes: [0, 1] }],
    ["two unlimited ones", [price(100), price(90)], "price.overlap", { indexes: [0, 1] }],
    [
      "a rise within the time of a lower one",
      [price(100), price(110, { validFrom: hour(6), validUntil: hour(8) })],
      "price.overlap",
      { indexes: [0, 1] },
    ],
    [
      "two reductions that cross",
      [
        price(100),
        price(80, { validFrom: hour(6), validUntil: hour(8) }),
        price(70, { validFrom: hour(7), validUntil: hour(9) }),
      ],
      "price.overlap",
      { indexes: [1, 2] },
    ],
    [
      "gross and net",
      [price(100), price(80, { includesTax: false, minQuantity: 5 })],
      "price.gross-and-net",
      undefined,
    ],
    ["nothing", [], "price.missing", { sku: "S", from: hour(5) }],
    [
      "a price for a group alone",
      [price(90, { customerGroup: "trade" })],
      "price.missing",
      { sku: "S", from: hour(5) },
    ],
    ["a price for ten alone", [price(90, { minQuantity: 10 })], "price.missing", { sku: "S", from: hour(5) }],
    [
      "a price that ends",
      [price(100, { validUntil: hour(9) })],
      "price.missing",
      { sku: "S", from: hour(9) },
    ],
    [
      "a gap of a millisecond",
      [price(100, { validUntil: hour(9) }), price(90, { validFrom: "2026-01-01T09:00:00.001Z" })],
      "price.missing",
      { sku: "S", from: hour(9) },
    ],
    [
      "one that ends as it begins",
      [price(100), price(80, { validFrom: hour(6), validUntil: hour(6) })],
      "price.over",
      { index: 1 },
    ],
    ["one that is over", [price(100), price(80, { validUntil: hour(5) })], "price.over", { index: 1 }],
  ])("is refused with %s", (_, wanted, code, data) => {
    const refusal = decide(wanted)
    expect(refusal).toMatchObject({ refused: true, code, ...(data && { data }) })
  })

  test("may be empty, or end, while the product is not on sale", () => {
    expect(decide([], [], false)).toEqual({ ended: [], added: [], at: now })
    const wanted = [price(100, { validUntil: hour(9) })]
    expect(decide(wanted, [], false)).toMatchObject({ added: wanted })
  })

  test("keeps the rows that say the same already, one that is over as well", () => {
    const over = price(80, { validFrom: hour(1), validUntil: hour(3) })
    const standing = rowsOf([price(100), over, price(90, { minQuantity: 10 })])
    const wanted = [over, price(100), price(95, { minQuantity: 10 })]
    const decided = decide(wanted, standing)
    expect(decided).toMatchObject({ ended: [{ id: standing[2]?.id }], added: [wanted[2]] })
    expect(decide(standing.map(priceOf), standing)).toEqual({ ended: [], added: [], at: now })
  })

  test("begins no sooner than what it ends, whatever the clock says", () => {
    const ahead = new Date(hour(6))
    expect(decide([price(90)], rowsOf([price(100)], ahead))).toMatchObject({
      at: ahead,
      added: [{ recordedAt: ahead }],
    })
  })

  test("may cross the time of one that is over", () => {
    const over = price(80, { validFrom: hour(1), validUntil: hour(3) })
    const wanted = [over, price(100), price(80, { validFrom: hour(2), validUntil: hour(8) })]
    expect(decide(wanted, rowsOf([price(100), over]))).toMatchObject({ ended: [], added: [wanted[2]] })
  })

  test("is read with instants to the millisecond, of years that a store knows", () => {
    const read = (validFrom: string) => PriceList.safeParse([{ ...price(1), validFrom }])
    expect(read("2026-01-01T00:00:00.12345Z").data?.[0]?.validFrom).toBe("2026-01-01T00:00:00.123Z")
    expect(read("2026-01-01T00:00:00Z").data?.[0]?.validFrom).toBe("2026-01-01T00:00:00.000Z")
    for (const strange of [
      "0000-01-01T00:00:00Z",
      "2026-02-30T00:00:00Z",
      "2026-01-01T00:00:00+01:00",
      "soon",
    ])
      expect(read(strange).success).toBe(false)
    expect(PriceList.safeParse([price(0)]).success).toBe(false)
    expect(PriceList.safeParse([price(1.5)]).success).toBe(false)
  })
})

/** Instants from the third hour to the eighth; now is the fifth. */
const bounds = fc
  .tuple(fc.option(fc.integer({ min: 3, max: 8 })), fc.option(fc.integer({ min: 3, max: 8 })))
  .map(([from, until]) => ({
    ...(from !== null && { validFrom: hour(from) }),
    ...(until !== null && { validUntil: hour(until) }),
  }))
const anyPrice = fc
  .record({
    amount: fc.integer({ min: 1, max: 4 }),
    minQuantity: fc.constantFrom(1, 1, 1, 10),
    group: fc.constantFrom(undefined, undefined, undefined, "trade"),
    includesTax: fc.constantFrom(true, true, true, true, true, false),
    bounds,
  })
  .map(({ amount, minQuantity, group, includesTax, bounds }) =>
    price(amount, { minQuantity, ...(group && { customerGroup: group }), includesTax, ...bounds }),
  )
const HOURS = Array.from({ length: 10 }, (_, index) => new Date(hour(index)))
const holdingAt = (prices: readonly Price[], at: Date) => prices.filter((one) => isValidAt(one, at))

/** The rules as a person would check them by looking at each hour. */
function modelRefuses(wanted: readonly Price[], onSale: boolean): boolean {
  const hoursOf = (one: Price) => HOURS.filter((at) => isValidAt(one, at)).map(Number)
  const isOver = (one: Price) => hoursOf(one).every((at) => at < now.getTime())
  const isInside = (inner: Price, outer: Price) => {
    const [within, around] = [hoursOf(inner), hoursOf(outer)]
    return (
      within.every((at) => around.includes(at)) &&
      within.length < around.length &&
      inner.unitPrice.amount < outer.unitPrice.amount
    )
  }
  const clash = wanted.some((a, index) =>
    wanted.slice(index + 1).some((b) => {
      const comparable = a.minQuantity === b.minQuantity && a.customerGroup === b.customerGroup
      const meets = hoursOf(a).some((at) => hoursOf(b).includes(at))
      return comparable && meets && !isInside(a, b) && !isInside(b, a)
    }),
  )
  const mixed = new Set(wanted.map(({ includesTax }) => includesTax)).size > 1
  const gap = HOURS.some(
    (at) =>
      at >= now &&
      !holdingAt(wanted, at).some((one) => one.minQuantity === 1 && one.customerGroup === undefined),
  )
  return wanted.some(isOver) || clash || mixed || (onSale && gap)
}

test("1,000 lists are taken or refused as the model says", () => {
  let taken = 0
  fc.assert(
    fc.property(fc.array(anyPrice, { maxLength: 5 }), fc.boolean(), (wanted, onSale) => {
      const decided = decide(wanted, [], onSale)
      expect(isRefusal(decided)).toBe(modelRefuses(wanted, onSale))
      if (!isRefusal(decided)) taken++
    }),
    { numRuns: 1_000 },
  )
  expect(taken).toBeGreaterThan(0)
})

test("after an edit exactly the list stands, and everything before is still there, ended", () => {
  fc.assert(
    fc.property(
      fc.array(anyPrice, { maxLength: 5 }),
      fc.array(anyPrice, { maxLength: 5 }),
      (before, wanted) => {
        const first = decide(before, [], false)
        fc.pre(!isRefusal(first))
        const standing = afterChange([], first as never)
        const second = decide(wanted, standing, false)
        fc.pre(!isRefusal(second))
        const rows = afterChange(standing, second as never)
        const left = rows.filter(({ supersededAt }) => !supersededAt).map(priceOf)
        expect(left).toHaveLength(wanted.length)
        expect(wanted.every((one) => left.some((other) => isSame(one, other)))).toBe(true)
        expect(standing.every(({ id }) => rows.some((row) => row.id === id))).toBe(true)
      },
    ),
  )
})

test("a gap is found where an hour has no price", () => {
  fc.assert(
    fc.property(fc.array(anyPrice, { maxLength: 5 }), (prices) => {
      const empty = HOURS.find(
        (at) =>
          at >= now &&
          !holdingAt(prices, at).some((one) => one.minQuantity === 1 && one.customerGroup === undefined),
      )
      expect(gapIn(prices, now)).toEqual(empty)
    }),
    { numRuns: 1_000 },
  )
})
