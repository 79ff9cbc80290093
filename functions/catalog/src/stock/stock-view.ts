import { available, type StockLevel, withoutOverdue } from "@eshop/domain/catalog/stock"
import { LocationId } from "@eshop/domain/kernel/ids"
import * as z from "zod"

/** A level as those who keep the stock see it. */
export const LevelView = z.strictObject({
  location: LocationId,
  onHand: z.int().describe("Not sold yet. Below zero: sold beyond the stock"),
  reserved: z.int().min(0),
  available: z.int().min(0),
  safetyStock: z.int().min(0),
})
export type LevelView = z.infer<typeof LevelView>

export function levelView(level: StockLevel): LevelView {
  const { location, onHand, reserved, safetyStock } = withoutOverdue(level)
  return { location, onHand, reserved, available: available(level), safetyStock }
}
