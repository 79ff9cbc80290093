import { followUps } from "@eshop/building-blocks/app/follow-ups"
import { start } from "@eshop/building-blocks/app/start"
import { redisCache } from "@eshop/building-blocks/cache/redis"
import { tokenVerifier } from "@eshop/building-blocks/identity/verify-token"
import { serviceBusDeadLetters } from "@eshop/building-blocks/messaging/dead-letter-queue"
import { deadLetterPorts } from "@eshop/building-blocks/messaging/dead-letters"
import { serviceBusBroker, serviceBusClient } from "@eshop/building-blocks/messaging/service-bus"
import { readSettings } from "@eshop/building-blocks/settings"
import { postgresAudit } from "@eshop/building-blocks/store/postgres/audit"
import { postgresErasedCustomers } from "@eshop/building-blocks/store/postgres/erased-customers"
import { postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import { postgresUploadJobs } from "@eshop/building-blocks/store/postgres/upload-jobs"
import { log } from "@eshop/building-blocks/telemetry/log"
import { runOfUpload } from "@eshop/building-blocks/uploads/upload"
import document from "../openapi.json" with { type: "json" }
import { cachedProducts } from "./adapters/cached-products.ts"
import { postgresBulkProducts } from "./adapters/postgres-bulk-products.ts"
import { postgresCategories } from "./adapters/postgres-categories.ts"
import { postgresPrices } from "./adapters/postgres-prices.ts"
import { postgresProducts } from "./adapters/postgres-products.ts"
import { postgresSearch } from "./adapters/postgres-search.ts"
import { postgresSearchIndex } from "./adapters/postgres-search-index.ts"
import { postgresStock } from "./adapters/postgres-stock.ts"
import { postgresTaxRates } from "./adapters/postgres-tax-rates.ts"
import { catalog } from "./app.ts"
import { applyPriceChanges } from "./prices/apply-price-changes.ts"
import { followCategoryChanges } from "./products/follow-category-changes.ts"
import { seedProducts } from "./products/seed-products.ts"
import { refreshSearch } from "./search/refresh-search.ts"
import { settings } from "./settings.ts"

const from = readSettings(settings)
const store = postgresStore(from.CATALOG_DB)
const redis = from.REDIS_URL
  ? redisCache(from.REDIS_URL, "products come from PostgreSQL alone", log.warn)
  : undefined
const follow = followUps()
start(catalog, {
  ports: {
    products: redis ? cachedProducts(postgresProducts(store.pool), redis) : postgresProducts(store.pool),
    categories: postgresCategories(store.pool, follow.asks(followCategoryChanges)),
    prices: postgresPrices(store.pool, follow.asks(applyPriceChanges)),
    taxRates: postgresTaxRates(store.pool),
    stock: postgresStock(store.pool),
    bulk: postgresBulkProducts(store.pool),
    uploads: postgresUploadJobs(store.pool, follow.asks(runOfUpload("catalog.import"))),
    audit: postgresAudit(store.pool),
    erased: postgresErasedCustomers(store.pool),
    search: postgresSearch(store.pool),
    searchIndex: postgresSearchIndex(store.pool, follow.asks(refreshSearch)),
    outbox: store.outbox,
    logLevels: store.logLevels,
    ...deadLetterPorts(catalog, store, (context, topics) =>
      serviceBusDeadLetters(() => serviceBusClient(from), context, topics),
    ),
  },
  tokens: tokenVerifier(from),
  document,
  store,
  followUps: follow,
  broker: serviceBusBroker(serviceBusClient(from)),
  ...(redis && { others: { redis: () => redis.ping() }, close: () => redis.close() }),
  ...(from.SEED && { seed: seedProducts }),
})
