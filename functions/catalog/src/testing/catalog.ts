import { fileURLToPath } from "node:url"
import { type AppUnderTest, appUnderTest } from "@eshop/building-blocks/app/testing/app-under-test"
import type { RedisCache } from "@eshop/building-blocks/cache/redis"
import { newId } from "@eshop/building-blocks/ids"
import { deadLetterPorts } from "@eshop/building-blocks/messaging/dead-letters"
import { emptyQueue } from "@eshop/building-blocks/messaging/testing/empty-queue"
import { postgresAudit } from "@eshop/building-blocks/store/postgres/audit"
import { postgresErasedCustomers } from "@eshop/building-blocks/store/postgres/erased-customers"
import { applyMigrations } from "@eshop/building-blocks/store/postgres/migrations"
import { type PostgresStore, postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import { postgresUploadJobs } from "@eshop/building-blocks/store/postgres/upload-jobs"
import type { Product } from "@eshop/domain/catalog/product"
import type { Price } from "@eshop/domain/contracts/prices"
import { usd } from "@eshop/domain/kernel/money"
import { cachedProducts } from "../adapters/cached-products.ts"
import { postgresBulkProducts } from "../adapters/postgres-bulk-products.ts"
import { postgresCategories } from "../adapters/postgres-categories.ts"
import { postgresPrices } from "../adapters/postgres-prices.ts"
import { postgresProducts } from "../adapters/postgres-products.ts"
import { postgresSearch } from "../adapters/postgres-search.ts"
import { postgresSearchIndex } from "../adapters/postgres-search-index.ts"
import { postgresStock } from "../adapters/postgres-stock.ts"
import { postgresTaxRates } from "../adapters/postgres-tax-rates.ts"
import { catalog } from "../app.ts"
import { startPrices } from "../prices/announce-prices.ts"

const migrations = fileURLToPath(new URL("../../migrations/postgres", import.meta.url))

const portsOn = ({ pool, outbox }: PostgresStore, searchAges?: Parameters<typeof postgresSearch>[1]) => ({
  categories: postgresCategories(pool),
  products: postgresProducts(pool),
  prices: postgresPrices(pool),
  taxRates: postgresTaxRates(pool),
  stock: postgresStock(pool),
  search: postgresSearch(pool, searchAges),
  searchIndex: postgresSearchIndex(pool),
  bulk: postgresBulkProducts(pool),
  uploads: postgresUploadJobs(pool),
  audit: postgresAudit(pool),
  erased: postgresErasedCustomers(pool),
  outbox,
})

/** Catalog on a database, without a host. */
export type CatalogOn = {
  readonly app: AppUnderTest
  readonly store: PostgresStore
  readonly ports: ReturnType<typeof portsOn>
  /** Sends as somebody who writes the catalogue. */
  readonly staff: ReturnType<AppUnderTest["as"]>
  readonly shopper: ReturnType<AppUnderTest["as"]>
  /** Adds a product as it is, with what each of its variants costs and has in stock. */
  add(product: Product, price?: Price, onHand?: number): Promise<Product>
  /** The events about these, in the order in which they were told. */
  told(...subjects: string[]): Promise<{ type: string; data: Record<string, unknown> }[]>
}

export const PRICE: Price = {
  ...{ unitPrice: usd(10_00), minQuantity: 1, taxCategory: "standard", includesTax: true },
}

/**
 * @param url of a database of Catalog's; its tables are made where they are missing
 * @param redis for copies of products
 * @param searchAges how old the search's counts and words may be
 */
export async function catalogOn(
  url: string,
  redis?: RedisCache,
  searchAges?: Parameters<typeof postgresSearch>[1],
): Promise<CatalogOn> {
  await applyMigrations(url, migrations)
  const store = postgresStore(url)
  const ports = portsOn(store, searchAges)
  if (redis) ports.products = cachedProducts(ports.products, redis)
  const app = appUnderTest(catalog, {
    ports: { ...ports, logLevels: store.logLevels, ...deadLetterPorts(catalog, store, emptyQueue) },
    store,
  })
  return {
    app,
    store,
    ports,
    staff: app.as({ kind: "customer", id: "merchant", roles: ["catalog.write"] }),
    shopper: app.as({ kind: "anonymous" }),
    async add(product, price = PRICE, onHand = 10) {
      await store.unitOfWork.transaction(async (tx) => {
        await ports.products.addMissing(tx, [product], onHand)
        const recordedAt = new Date(product.updatedAt)
        const added = product.variants.map(({ sku }) => ({ id: newId(), sku, recordedAt, ...price }))
        await startPrices(ports, tx, added, recordedAt)
      })
      return product
    },
    async told(...subjects) {
      const { rows } = await store.pool.query<{ event: { type: string; data: Record<string, unknown> } }>(
        "SELECT event FROM outbox WHERE event->>'subject' = ANY ($1) ORDER BY position",
        [subjects],
      )
      return rows.map(({ event }) => event)
    },
  }
}
