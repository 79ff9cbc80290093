import fc from "fast-check"
import { expect, test } from "vitest"
import { seedProducts } from "../seed.ts"
import { snapshotOf } from "./product.ts"
import {
  available,
  commitChanges,
  decideReservation,
  holdChanges,
  mergeLines,
  releaseChanges,
  type StockChange,
  type StockLevel,
} from "./stock.ts"

const now = new Date("2026-01-01T00:00:00Z")
const level = fc
  .record({ onHand: fc.nat(20), reserved: fc.nat(20) })
  .map(({ onHand, reserved }) => ({ onHand, reserved: Math.min(reserved, onHand) }))
const levels = fc
  .array(level, { minLength: 1, maxLength: 5 })
  .map((all) => all.map((one, index): StockLevel => ({ productId: `p${index}`, ...one })))
const lines = fc.array(
  fc.record({ productId: fc.nat(6).map((index) => `p${index}`), quantity: fc.integer({ min: 1, max: 8 }) }),
  { minLength: 1, maxLength: 8 },
)
const apply = (all: readonly StockLevel[], changes: readonly StockChange[]): StockLevel[] =>
  all.map((one) => {
    const change = changes.find(({ productId }) => productId === one.productId)
    return {
      ...one,
      onHand: one.onHand + (change?.onHand ?? 0),
      reserved: one.reserved + (change?.reserved ?? 0),
    }
  })

test("all lines or none: a reservation never promises more than is there, a refusal names every shortage", () => {
  fc.assert(
    fc.property(levels, lines, (stock, wanted) => {
      const merged = mergeLines(wanted)
      const freeOf = (productId: string) => {
        const found = stock.find((one) => one.productId === productId)
        return found ? available(found) : 0
      }
      const short = merged.filter(({ productId, quantity }) => quantity > freeOf(productId))
      const decision = decideReservation(stock, wanted, now)
      if (decision.type === "rejected") {
        expect(decision.shortages).toEqual(
          short.map(({ productId, quantity }) => ({
            productId,
            requested: quantity,
            available: freeOf(productId),
          })),
        )
        expect(short).not.toEqual([])
        return
      }
      expect(short).toEqual([])
      expect(decision.expiresAt).toEqual(new Date("2026-01-01T00:30:00Z"))
      for (const after of apply(stock, holdChanges(decision.lines)))
        expect(after.reserved).toBeLessThanOrEqual(after.onHand)
    }),
  )
})

test("holding and releasing is as if nothing had been; holding and selling takes the units out", () => {
  fc.assert(
    fc.property(levels, lines, (stock, wanted) => {
      const decision = decideReservation(stock, wanted, now)
      fc.pre(decision.type === "reserved")
      const held = apply(stock, holdChanges(decision.lines))
      expect(apply(held, releaseChanges(decision.lines))).toEqual(stock)
      const sold = apply(held, commitChanges(decision.lines))
      const units = (all: readonly StockLevel[]) => all.reduce((sum, { onHand }) => sum + onHand, 0)
      const wantedUnits = wanted.reduce((sum, { quantity }) => sum + quantity, 0)
      expect(units(stock) - units(sold)).toBe(wantedUnits)
      expect(sold.map(({ reserved }) => reserved)).toEqual(stock.map(({ reserved }) => reserved))
    }),
  )
})

test("lines are merged per product and come in one order for everybody", () => {
  fc.assert(
    fc.property(lines, (wanted) => {
      const merged = mergeLines(wanted)
      expect(mergeLines(wanted.toReversed())).toEqual(merged)
      const ids = merged.map(({ productId }) => productId)
      expect(ids).toEqual([...new Set(wanted.map(({ productId }) => productId))].sort())
    }),
  )
})

test("other contexts are told id, name, price and version of a product", () => {
  expect(seedProducts.slice(0, 1).map(snapshotOf)).toEqual([
    {
      productId: "5334c996-8457-4cf0-815c-ed2b77c4ff61",
      name: "IPhone X",
      price: { amount: 950_00, currency: "USD" },
      version: 1,
    },
  ])
})
