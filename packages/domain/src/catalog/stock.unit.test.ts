import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { mergeLines, type StockLine } from "../contracts/stock-lines.ts"
import {
  allocate,
  applyChanges,
  available,
  commitChanges,
  fallenLow,
  linesLeft,
  linesOf,
  mergeChanges,
  reallocate,
  releaseChanges,
  reserveChanges,
  restockChanges,
  type StockLevel,
  sellChanges,
  takeOut,
  turnedAvailable,
} from "./stock.ts"

const level = (
  sku: string,
  location: string,
  onHand: number,
  more: Partial<StockLevel> = {},
): StockLevel => ({
  ...{ sku, location, onHand, reserved: 0, overdue: 0, safetyStock: 0, backorder: false },
  ...more,
})

/** Two variants at up to three locations, with promises of which some are overdue. */
const levels = fc
  .uniqueArray(
    fc.record({
      sku: fc.constantFrom("A", "B"),
      location: fc.constantFrom("first", "second", "third"),
      onHand: fc.nat(12),
      reserved: fc.nat(12),
      overdue: fc.nat(12),
    }),
    { selector: ({ sku, location }) => `${sku} ${location}`, maxLength: 6 },
  )
  .map((all) =>
    all
      .map((one) => {
        const reserved = Math.min(one.reserved, one.onHand)
        return level(one.sku, one.location, one.onHand, {
          reserved,
          overdue: Math.min(one.overdue, reserved),
        })
      })
      .sort((a, b) => (a.location < b.location ? -1 : 1)),
  )
const lines = fc
  .array(fc.record({ sku: fc.constantFrom("A", "B"), quantity: fc.integer({ min: 1, max: 10 }) }), {
    minLength: 1,
    maxLength: 3,
  })
  .map(mergeLines)
const unitsOf = (all: readonly StockLevel[], sku: string, of: (level: StockLevel) => number) =>
  all.filter((one) => one.sku === sku).reduce((sum, one) => sum + of(one), 0)
const isFree = ({ onHand, reserved }: StockLevel) => onHand - reserved

describe("allocation", () => {
  test("is of all lines or of none, never of more than is free, and names every shortage", () => {
    fc.assert(
      fc.property(levels, lines, (stock, wanted) => {
        const found = allocate(stock, wanted)
        const lacking = (of: (level: StockLevel) => number) =>
          wanted.filter(({ sku, quantity }) => unitsOf(stock, sku, of) < quantity)
        if (found.type === "short") {
          expect(found.shortages).toEqual(
            lacking(available).map(({ sku, quantity }) => ({
              sku,
              requested: quantity,
              available: unitsOf(stock, sku, available),
            })),
          )
          expect(found.shortages).not.toEqual([])
        } else if (found.type === "overdue") {
          expect(lacking(available)).toEqual([])
          expect(found.skus).toEqual(lacking(isFree).map(({ sku }) => sku))
          expect(found.skus).not.toEqual([])
        } else {
          expect(linesOf(found.allocations)).toEqual(wanted)
          for (const after of applyChanges(stock, reserveChanges(found.allocations, stock)))
            expect(after.reserved).toBeLessThanOrEqual(after.onHand)
        }
      }),
    )
  })

  test("is from the first location that has the whole order", () => {
    fc.assert(
      fc.property(levels, lines, (stock, wanted) => {
        const found = allocate(stock, wanted)
        fc.pre(found.type === "allocated")
        const [whole] = ["first", "second", "third"].filter((location) =>
          wanted.every(
            ({ sku, quantity }) =>
              unitsOf(
                stock.filter((one) => one.location === location),
                sku,
                isFree,
              ) >= quantity,
          ),
        )
        if (whole)
          expect(new Set(found.allocations.map(({ location }) => location))).toEqual(new Set([whole]))
      }),
    )
  })

  test.each<[string, StockLevel[], StockLine[], [location: string, sku: string, quantity: number][]]>([
    [
      "one location has it all, though a former one has a part",
      [level("A", "first", 5), level("A", "second", 5), level("B", "second", 5)],
      [
        { sku: "A", quantity: 2 },
        { sku: "B", quantity: 1 },
      ],
      [
        ["second", "A", 2],
        ["second", "B", 1],
      ],
    ],
    [
      "no location has it all: each line in the order of the locations",
      [level("A", "first", 3), level("A", "second", 3)],
      [{ sku: "A", quantity: 5 }],
      [
        ["first", "A", 3],
        ["second", "A", 2],
      ],
    ],
    [
      "sold beyond the stock: the first location owes what is short",
      [level("A", "first", 1, { backorder: true }), level("A", "second", 2, { backorder: true })],
      [{ sku: "A", quantity: 10 }],
      [
        ["first", "A", 8],
        ["second", "A", 2],
      ],
    ],
    [
      "sold beyond the stock and already owed: nothing is there to be taken",
      [level("A", "first", -4, { backorder: true }), level("A", "second", 1, { backorder: true })],
      [{ sku: "A", quantity: 2 }],
      [
        ["first", "A", 1],
        ["second", "A", 1],
      ],
    ],
  ])("%s", (_, stock, wanted, expected) => {
    const found = allocate(stock, wanted)
    expect(
      found.type === "allocated" &&
        found.allocations.map(({ location, sku, quantity }) => [location, sku, quantity]),
    ).toEqual(expected)
  })
})

describe("allocating anew", () => {
  test("takes own units into account, and changes nothing when the lines are the same", () => {
    fc.assert(
      fc.property(levels, lines, lines, (stock, before, wanted) => {
        const own = allocate(stock, before)
        fc.pre(own.type === "allocated")
        const held = applyChanges(stock, reserveChanges(own.allocations, stock))
        expect(reallocate(own.allocations, held, before)).toEqual({ ...own, changes: [] })
        const found = reallocate(own.allocations, held, wanted)
        // With the own units given back, it is as if they had never been taken.
        expect(found.type).toBe(allocate(stock, wanted).type)
        if (found.type !== "allocated") return
        expect(linesOf(found.allocations)).toEqual(wanted)
        expect(applyChanges(held, found.changes)).toEqual(
          applyChanges(stock, reserveChanges(found.allocations, stock)),
        )
      }),
    )
  })
})

describe("changes", () => {
  test("of holding and releasing come to nothing; holding and selling is selling; selling and restocking is nothing", () => {
    fc.assert(
      fc.property(levels, lines, (stock, wanted) => {
        const found = allocate(stock, wanted)
        fc.pre(found.type === "allocated")
        const { allocations } = found
        const held = reserveChanges(allocations, stock)
        const sold = sellChanges(allocations, stock)
        expect(mergeChanges([...held, ...releaseChanges(allocations)])).toEqual([])
        expect(mergeChanges([...sold, ...restockChanges(allocations)])).toEqual([])
        expect(mergeChanges([...held, ...commitChanges(allocations)])).toEqual(mergeChanges(sold))
      }),
    )
  })

  test("that fall to the safety stock are told once, until the level has risen above", () => {
    const told: number[] = []
    let now = level("A", "first", 10, { safetyStock: 3 })
    for (const reserved of [6, 1, 1, -1, -1, 1, 1, 1]) {
      const change = { sku: "A", location: "first", onHand: 0, reserved, overdraw: false }
      now = { ...now, reserved: now.reserved + reserved }
      told.push(...fallenLow([now], [change]).map(({ onHand, reserved }) => onHand - reserved))
    }
    // 4, 3!, 2, 3, 4, 3!, 2, 1
    expect(told).toEqual([3, 3])
  })
})

test("a variant turns available, or not, when there are units again, or no longer", () => {
  const turned = (onHand: number, reserved: number) =>
    turnedAvailable(
      [level("A", "first", 3, { reserved: 3 }), level("B", "first", 3, { reserved: 1 })],
      [
        { sku: "A", location: "first", onHand, reserved, overdraw: false },
        { sku: "B", location: "first", onHand: 0, reserved: 1, overdraw: false },
      ],
    )
  expect(turned(0, 1)).toEqual(["A"])
  // Sold what was reserved; found missing what was promised beyond the stock.
  expect(turned(-1, -1)).toEqual([])
  expect(turned(1, 0)).toEqual([])
  expect(turned(-2, 0)).toEqual(["A"])
})

test("taking lines out of allocations leaves the rest, from the last location backwards", () => {
  const allocations = [
    { sku: "A", location: "first", quantity: 3 },
    { sku: "B", location: "first", quantity: 1 },
    { sku: "A", location: "second", quantity: 2 },
  ]
  expect(takeOut(allocations, [{ sku: "A", quantity: 4 }])).toEqual({
    taken: [
      { sku: "A", location: "second", quantity: 2 },
      { sku: "A", location: "first", quantity: 2 },
    ],
    kept: [
      { sku: "A", location: "first", quantity: 1 },
      { sku: "B", location: "first", quantity: 1 },
    ],
  })
})

test("what is left of lines is never less than nothing", () => {
  fc.assert(
    fc.property(lines, lines, (all, taken) => {
      const left = new Map(linesLeft(all, taken).map(({ sku, quantity }) => [sku, quantity]))
      for (const { sku, quantity } of all) {
        const off = taken.find((line) => line.sku === sku)?.quantity ?? 0
        expect(left.get(sku) ?? 0).toBe(Math.max(0, quantity - off))
      }
    }),
  )
})
