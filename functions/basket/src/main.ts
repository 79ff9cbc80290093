import { start } from "@eshop/building-blocks/app/start"
import { redisCache } from "@eshop/building-blocks/cache/redis"
import { livenessProbe } from "@eshop/building-blocks/http/liveness-probe"
import { serviceClient } from "@eshop/building-blocks/http/service-client"
import { serviceToken } from "@eshop/building-blocks/identity/service-token"
import { tokenVerifier } from "@eshop/building-blocks/identity/verify-token"
import { serviceBusDeadLetters } from "@eshop/building-blocks/messaging/dead-letter-queue"
import { deadLetterPorts } from "@eshop/building-blocks/messaging/dead-letters"
import { serviceBusBroker, serviceBusClient } from "@eshop/building-blocks/messaging/service-bus"
import { readSettings } from "@eshop/building-blocks/settings"
import { postgresPersonalData } from "@eshop/building-blocks/store/postgres/personal-data"
import { postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import document from "../openapi.json" with { type: "json" }
import { httpCatalog } from "./adapters/http-catalog.ts"
import { httpDiscounts } from "./adapters/http-discounts.ts"
import { postgresCarts } from "./adapters/postgres-carts.ts"
import { postgresCheckouts } from "./adapters/postgres-checkouts.ts"
import { postgresVariantCopies } from "./adapters/postgres-variant-copies.ts"
import { redisCartCache } from "./adapters/redis-cart-cache.ts"
import { basket } from "./app.ts"
import { settings } from "./settings.ts"

const from = readSettings(settings)
const store = postgresStore(from.BASKET_DB)
const redis = from.REDIS_URL
  ? redisCache(from.REDIS_URL, "carts come from PostgreSQL alone", console.warn)
  : undefined
// A public route of Catalog's: it needs no token, and so not the identity provider either.
const catalog = { name: "catalog", baseUrl: from.CATALOG_URL, timeoutMs: 2_000 }
const discount = { name: "discount", baseUrl: from.DISCOUNT_URL, timeoutMs: 1_000 }
start(basket, {
  ports: {
    carts: postgresCarts(store.pool),
    ...(redis && { cache: redisCartCache(redis) }),
    checkouts: postgresCheckouts(store.pool),
    copies: postgresVariantCopies(store.pool),
    outbox: store.outbox,
    personalData: postgresPersonalData(store.pool, from.PERSONAL_DATA_KEYS),
    catalog: httpCatalog(serviceClient(catalog)),
    discounts: httpDiscounts(serviceClient({ ...discount, token: serviceToken(from) })),
    ...deadLetterPorts(basket, store, (context, topics) =>
      serviceBusDeadLetters(() => serviceBusClient(from), context, topics),
    ),
  },
  tokens: tokenVerifier(from),
  document,
  store,
  broker: serviceBusBroker(serviceBusClient(from)),
  others: {
    ...(redis && { redis: () => redis.ping() }),
    catalog: livenessProbe(catalog),
    discount: livenessProbe(discount),
  },
  ...(redis && { close: () => redis.close() }),
})
