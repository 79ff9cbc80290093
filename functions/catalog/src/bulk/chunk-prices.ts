import type { Tx } from "@eshop/building-blocks/app/call"
import { afterChange, type PriceChange, type PriceRow, priceOf } from "@eshop/domain/catalog/price"
import type { AnnouncedPrice } from "@eshop/domain/catalog/price-history"
import type { PriceWrites } from "../prices/ports.ts"
import type { ChunkProducts } from "./chunk-products.ts"

/** Keeps the prices of variants in memory as changes of them would leave their tables. */
export async function chunkPrices(
  { prices }: { readonly prices: PriceWrites },
  tx: Tx,
  skus: readonly string[],
  products: ChunkProducts,
) {
  const rows = new Map(await prices.recent(skus, tx))
  const announced = new Map(await prices.announced(tx, skus))
  const toAnnounce = new Map<string, AnnouncedPrice>()
  const changes: PriceChange[] = []
  const standingOf = (sku: string) => rows.get(sku)?.filter(({ supersededAt }) => !supersededAt) ?? []
  for (const sku of skus) products.setPrices(sku, standingOf(sku).map(priceOf))

  const ports: PriceWrites = {
    recent: async (of) => new Map(of.map((sku) => [sku, rows.get(sku) ?? []])),
    async change(_, change) {
      changes.push(change)
      for (const sku of new Set([...change.ended, ...change.added].map((row) => row.sku))) {
        const ofVariant = ({ sku: other }: PriceRow) => other === sku
        const own = {
          ...change,
          ended: change.ended.filter(ofVariant),
          added: change.added.filter(ofVariant),
        }
        rows.set(sku, afterChange(rows.get(sku) ?? [], own))
        products.setPrices(sku, standingOf(sku).map(priceOf))
      }
    },
    announced: async (_, of) =>
      new Map(of.flatMap((sku) => (announced.has(sku) ? [[sku, announced.get(sku) as AnnouncedPrice]] : []))),
    async announce(_, told) {
      for (const [sku, price] of told) {
        announced.set(sku, price)
        toAnnounce.set(sku, price)
      }
    },
  }

  return {
    ports,
    async write(): Promise<void> {
      // A row may have been added and ended: first all are there.
      for (const [, some] of Map.groupBy(changes, ({ at }) => at.getTime())) {
        const { at } = some[0] as PriceChange
        await prices.change(tx, { at, added: some.flatMap(({ added }) => added), ended: [] })
      }
      for (const [, some] of Map.groupBy(changes, ({ at }) => at.getTime())) {
        const { at } = some[0] as PriceChange
        await prices.change(tx, { at, added: [], ended: some.flatMap(({ ended }) => ended) })
      }
      if (toAnnounce.size > 0) await prices.announce(tx, toAnnounce)
    },
  }
}
