import fc from "fast-check"
import { expect, test } from "vitest"
import { mergeLines } from "../contracts/stock-lines.ts"
import {
  available,
  commitChanges,
  decideReservation,
  holdChanges,
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
  .map((all) => all.map((one, index): StockLevel => ({ sku: `S${index}`, ...one })))
const lines = fc.array(
  fc.record({ sku: fc.nat(6).map((index) => `S${index}`), quantity: fc.integer({ min: 1, max: 8 }) }),
  { minLength: 1, maxLength: 8 },
)
const apply = (all: readonly StockLevel[], changes: readonly StockChange[]): StockLevel[] =>
  all.map((one) => {
    const change = changes.find(({ sku }) => sku === one.sku)
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
      const freeOf = (sku: string) => {
        const found = stock.find((one) => one.sku === sku)
        return found ? available(found) : 0
      }
      const short = merged.filter(({ sku, quantity }) => quantity > freeOf(sku))
      const decision = decideReservation(stock, wanted, now)
      if (decision.type === "rejected") {
        expect(decision.shortages).toEqual(
          short.map(({ sku, quantity }) => ({
            sku,
            requested: quantity,
            available: freeOf(sku),
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
