import type { Call, Tx } from "@eshop/building-blocks/app/call"
import type { AuditEntry } from "@eshop/building-blocks/audit/audit"
import type { OutboxMessage } from "@eshop/building-blocks/messaging/outbox"
import type { BulkLine } from "@eshop/domain/catalog/bulk-line"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import type { Prices } from "../prices/ports.ts"
import type { PricePorts } from "../prices/set-prices.ts"
import type { Products } from "../products/ports.ts"
import type { SearchUpkeep } from "../search/ports.ts"
import type { AdjustmentPorts, LevelPorts } from "../stock/adjust-stock.ts"
import { chunkPrices } from "./chunk-prices.ts"
import { chunkProducts } from "./chunk-products.ts"
import { chunkStock } from "./chunk-stock.ts"
import type { BulkCategory, BulkNames, BulkProducts } from "./ports.ts"

export type ChunkPorts = AdjustmentPorts & {
  readonly bulk: BulkProducts
  readonly searchIndex: SearchUpkeep
  readonly products: Products
  readonly prices: Prices
}

/** What some lines of an import are about, in memory and locked, until it is written at once. */
export type Chunk = {
  /** What changes of products, prices and stock need: nothing is written before {@link Chunk.write}. */
  readonly ports: PricePorts & LevelPorts
  /** The product that has this id, that this slug leads to, or that has this variant or had it once. */
  find(by: { id: string } | { slug: string } | { sku: string }): { id: string; version: number } | undefined
  category(slug: string): BulkCategory | undefined
  write(): Promise<void>
}

function namesOf(lines: readonly BulkLine[]): BulkNames {
  const unique = (names: readonly (string | undefined)[]) => [
    ...new Set(names.filter((name) => name !== undefined)),
  ]
  return {
    ids: unique(lines.map(({ product }) => product?.id)),
    slugs: unique(lines.flatMap(({ product, status }) => [product?.slug, status?.slug])),
    skus: unique(
      lines.flatMap(({ product, prices, stock }) => [
        ...(product?.variants.map(({ sku }) => sku) ?? []),
        ...[prices?.sku, stock?.sku],
      ]),
    ),
    categories: unique(lines.flatMap(({ product }) => product?.categories ?? [])),
  }
}

/** Reads and locks what lines are about. */
export async function openChunk(
  ports: ChunkPorts,
  tx: Tx,
  call: Call,
  lines: readonly BulkLine[],
): Promise<Chunk> {
  const names = namesOf(lines)
  const found = await ports.bulk.lock(tx, names)
  const categories = new Map(found.categories.map((category) => [category.slug, category]))
  const products = chunkProducts(found)
  const prices = await chunkPrices(ports, tx, names.skus, products)
  const stocked = lines.flatMap(({ stock }) => stock?.sku ?? [])
  const stock = await chunkStock(ports, tx, [...new Set(stocked)], products, call)
  const entries: AuditEntry[] = []
  const messages: OutboxMessage[] = []
  const toFind = new Set<string>()

  return {
    ports: {
      products: products.ports,
      prices: prices.ports,
      stock: stock.ports,
      searchIndex: {
        async refresh(_, ids) {
          for (const id of ids) toFind.add(id)
        },
      },
      audit: {
        async add(_, __, more) {
          entries.push(...more)
        },
      },
      outbox: {
        async add(_, more) {
          messages.push(...more)
        },
      },
    },
    find: products.find,
    category: (slug) => categories.get(slug),
    async write() {
      await ports.products.write(tx, products.written())
      await prices.write()
      await stock.write()
      if (entries.length > 0) await ports.audit.add(tx, call, entries)
      await ports.outbox.add(tx, withoutOutdated(messages))
      if (toFind.size > 0) await ports.searchIndex.mark(tx, [...toFind])
    },
  }
}

/** Of what is told of a product again and again the last, which says it all. */
function withoutOutdated(messages: readonly OutboxMessage[]): OutboxMessage[] {
  const isSnapshot = ({ event }: OutboxMessage) => event.type === ProductChanged.type
  const last = new Map(messages.filter(isSnapshot).map((message) => [message.event.subject, message]))
  return messages.filter((message) => !isSnapshot(message) || last.get(message.event.subject) === message)
}
