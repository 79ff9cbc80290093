import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { mergeChanges, type StockChange, type StockLevel } from "@eshop/domain/catalog/stock"
import type { SafetyStock, Stock, StockWrites } from "../stock/ports.ts"
import type { ChunkProducts } from "./chunk-products.ts"

/** Keeps the levels of variants in memory as changes of them would leave their table. */
export async function chunkStock(
  { stock }: { readonly stock: Stock },
  tx: Tx,
  skus: readonly string[],
  products: ChunkProducts,
  { now }: Call,
) {
  const locations = skus.length > 0 ? await stock.locations() : []
  const found = skus.length > 0 ? await stock.lock(tx, skus, now) : []
  const bySku = new Map(Map.groupBy(found, ({ sku }) => sku))
  const changes: StockChange[] = []
  const safety = new Map<string, SafetyStock>()

  /** A variant's levels; an empty one where it has none yet. */
  function levelsOf(sku: string): readonly StockLevel[] {
    const [first] = locations
    if (products.ownerOf(sku) === undefined || !first) return []
    const backorder = products.variant(sku)?.backorder ?? false
    const levels = bySku.get(sku) ?? [
      { sku, location: first.id, onHand: 0, reserved: 0, overdue: 0, safetyStock: 0, backorder },
    ]
    return levels.map((level) => ({ ...level, backorder }))
  }
  /** Changes a level, which is there from then on. */
  function update(sku: string, location: string, to: (level: StockLevel) => Partial<StockLevel>): StockLevel {
    const levels = levelsOf(sku)
    const level = levels.find((one) => one.location === location)
    const [first] = levels
    const before = level ?? {
      ...(first as StockLevel),
      ...{ location, onHand: 0, reserved: 0, overdue: 0, safetyStock: 0 },
    }
    const after = { ...before, ...to(before) }
    bySku.set(sku, level ? levels.map((one) => (one === level ? after : one)) : [...levels, after])
    return after
  }

  const ports: StockWrites = {
    lock: async (_, of) => of.flatMap(levelsOf),
    locations: async () => locations,
    async change(_, some) {
      changes.push(...some)
      return some.map(({ sku, location, onHand, reserved }) =>
        update(sku, location, (level) => ({
          onHand: level.onHand + onHand,
          reserved: level.reserved + reserved,
        })),
      )
    },
    productsOf: async (_, of) => [...new Set(of.flatMap((sku) => products.ownerOf(sku) ?? []))],
    async setSafetyStock(_, stocks) {
      for (const one of stocks) {
        safety.set(`${one.sku} ${one.location}`, one)
        update(one.sku, one.location, () => ({ safetyStock: one.units }))
      }
    },
  }

  return {
    ports,
    async write(): Promise<void> {
      const merged = mergeChanges(changes)
      if (merged.length > 0) await stock.change(tx, merged)
      if (safety.size > 0) await stock.setSafetyStock(tx, [...safety.values()])
    },
  }
}
