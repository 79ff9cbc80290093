import { expect, test } from "vitest"
import { isRefusal } from "../kernel/refusal.ts"
import type { StockLevel } from "./stock.ts"
import { type Adjustment, adjustStock, MAX_ON_HAND } from "./stock-adjustment.ts"

const level = (more: Partial<StockLevel> = {}): StockLevel => ({
  ...{ sku: "A", location: "main", onHand: 10, reserved: 4, overdue: 0, safetyStock: 0, backorder: false },
  ...more,
})

test.each<[Adjustment, Partial<StockLevel>, change: number]>([
  [{ type: "set", quantity: 12 }, {}, 2],
  [{ type: "set", quantity: 4 }, {}, -6],
  [{ type: "set", quantity: 10 }, {}, 0],
  [{ type: "change", quantity: 5 }, {}, 5],
  [{ type: "change", quantity: -6 }, {}, -6],
  // More is owed than is there: whatever comes in is welcome, and less may be there.
  [{ type: "change", quantity: 1 }, { onHand: -3, backorder: true }, 1],
  [{ type: "change", quantity: -7 }, { backorder: true }, -7],
  [{ type: "change", quantity: 1 }, { onHand: -3 }, 1],
])("%j of %j changes what is on hand by %d", (adjustment, more, change) => {
  expect(adjustStock(level(more), adjustment)).toMatchObject({ onHand: change, reserved: 0 })
})

test.each<[Adjustment, Partial<StockLevel>, code: string]>([
  [{ type: "set", quantity: 3 }, {}, "stock.below-reserved"],
  [{ type: "set", quantity: -1 }, { reserved: 0 }, "stock.below-reserved"],
  [{ type: "change", quantity: -7 }, {}, "stock.below-reserved"],
  [{ type: "set", quantity: 2 }, { overdue: 1 }, "stock.below-reserved"],
  [{ type: "change", quantity: MAX_ON_HAND }, {}, "stock.beyond-count"],
])("%j of %j is refused: %s", (adjustment, more, code) => {
  const refused = adjustStock(level(more), adjustment)
  expect(isRefusal(refused) && refused.code).toBe(code)
})

test("a promise past its end keeps nobody from taking its units away, once it is given back", () => {
  expect(adjustStock(level({ overdue: 1 }), { type: "set", quantity: 3 })).toEqual({
    type: "overdue",
    skus: ["A"],
  })
})
