import fc from "fast-check"
import { expect, test } from "vitest"
import { mergeLines } from "./stock-lines.ts"

const lines = fc.array(
  fc.record({ sku: fc.nat(6).map((index) => `S${index}`), quantity: fc.integer({ min: 1, max: 8 }) }),
)

test("lines are merged per SKU and come in one order for everybody", () => {
  fc.assert(
    fc.property(lines, (wanted) => {
      const merged = mergeLines(wanted)
      expect(mergeLines(wanted.toReversed())).toEqual(merged)
      expect(merged.map(({ sku }) => sku)).toEqual([...new Set(wanted.map(({ sku }) => sku))].sort())
      for (const { sku, quantity } of merged)
        expect(quantity).toBe(
          wanted.reduce((total, line) => total + (line.sku === sku ? line.quantity : 0), 0),
        )
    }),
  )
})
