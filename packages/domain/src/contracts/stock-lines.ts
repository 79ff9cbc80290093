import * as z from "zod"
import { Quantity, Sku } from "../kernel/ids.ts"

export const StockLine = z.object({ sku: Sku, quantity: Quantity })
export type StockLine = z.infer<typeof StockLine>

/** How many of which: one line per SKU where a context publishes them. */
export const StockLines = z.array(StockLine).min(1).max(100)

/** Lines of one SKU become one line, ordered by SKU so that concurrent orders lock rows in one order. */
export function mergeLines(lines: readonly StockLine[]): StockLine[] {
  const bySku = new Map<string, number>()
  for (const { sku, quantity } of lines) bySku.set(sku, (bySku.get(sku) ?? 0) + quantity)
  return [...bySku].map(([sku, quantity]) => ({ sku, quantity })).sort((a, b) => (a.sku < b.sku ? -1 : 1))
}
