import * as z from "zod"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import type { Overdue, StockChange, StockLevel } from "./stock.ts"

/** What is on hand becomes `quantity` (set, a count), or changes by it (change: goods came in, some are broken). */
export type Adjustment = { readonly type: "set" | "change"; readonly quantity: number }

export const stockBelowReserved = defineRefusal(
  "stock.below-reserved",
  "conflict",
  "Fewer units would be on hand than are promised to customers.",
  z.object({ onHand: z.int(), reserved: z.int() }),
)

/** More than this at one location is a slip of the pen. */
export const MAX_ON_HAND = 100_000_000

export const stockBeyondCount = defineRefusal(
  "stock.beyond-count",
  "rule",
  "More units would be on hand than a location can have.",
  z.object({ most: z.int() }),
)

/**
 * Changes what is on hand, never to less than is promised unless the variant is sold beyond its stock. Promises past
 * their end do not count: they have to be given back first where the adjustment needs their units.
 */
export function adjustStock(
  level: StockLevel,
  { type, quantity }: Adjustment,
): StockChange | Overdue | RefusalOf<[typeof stockBelowReserved, typeof stockBeyondCount]> {
  const { sku, location, onHand, reserved, overdue, backorder } = level
  const change = type === "set" ? quantity - onHand : quantity
  const after = onHand + change
  if (after > MAX_ON_HAND) return stockBeyondCount({ most: MAX_ON_HAND })
  if (change < 0 && !backorder && after < reserved)
    return after < reserved - overdue
      ? stockBelowReserved({ onHand, reserved: reserved - overdue })
      : { type: "overdue", skus: [sku] }
  return { sku, location, onHand: change, reserved: 0, overdraw: backorder }
}
