import { start } from "@eshop/building-blocks/app/start"
import { redisCache } from "@eshop/building-blocks/cache/redis"
import { versionedCache } from "@eshop/building-blocks/cache/versioned-cache"
import { livenessProbe } from "@eshop/building-blocks/http/liveness-probe"
import { serviceClient } from "@eshop/building-blocks/http/service-client"
import { guestTokens } from "@eshop/building-blocks/identity/guest-token"
import { orderTokens } from "@eshop/building-blocks/identity/order-token"
import { serviceToken } from "@eshop/building-blocks/identity/service-token"
import { tokenVerifier } from "@eshop/building-blocks/identity/verify-token"
import { serviceBusDeadLetters } from "@eshop/building-blocks/messaging/dead-letter-queue"
import { deadLetterPorts } from "@eshop/building-blocks/messaging/dead-letters"
import { serviceBusBroker, serviceBusClient } from "@eshop/building-blocks/messaging/service-bus"
import { readSettings } from "@eshop/building-blocks/settings"
import { postgresAudit } from "@eshop/building-blocks/store/postgres/audit"
import { postgresErasedCustomers } from "@eshop/building-blocks/store/postgres/erased-customers"
import { postgresPersonalData } from "@eshop/building-blocks/store/postgres/personal-data"
import { postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import { postgresWrappedKeys } from "@eshop/building-blocks/store/postgres/wrapped-keys"
import { log } from "@eshop/building-blocks/telemetry/log"
import document from "../openapi.json" with { type: "json" }
import { cachedCarts, cartCacheOptions } from "./adapters/cached-carts.ts"
import { httpCatalog } from "./adapters/http-catalog.ts"
import { httpDiscounts } from "./adapters/http-discounts.ts"
import { httpStockHints } from "./adapters/http-stock-hints.ts"
import { httpStockHolds } from "./adapters/http-stock-holds.ts"
import { postgresCarts } from "./adapters/postgres-carts.ts"
import { postgresCheckouts } from "./adapters/postgres-checkouts.ts"
import { postgresCustomers } from "./adapters/postgres-customers.ts"
import { postgresGuestAccounts } from "./adapters/postgres-guest-accounts.ts"
import { postgresShippingMethods } from "./adapters/postgres-shipping-methods.ts"
import { postgresTaxCopies } from "./adapters/postgres-tax-copies.ts"
import { postgresVariantCopies } from "./adapters/postgres-variant-copies.ts"
import { signedProofs } from "./adapters/signed-proofs.ts"
import { basket } from "./app.ts"
import { settings } from "./settings.ts"
import { seedShippingMethods } from "./shipping/seed-shipping-methods.ts"

const from = readSettings(settings)
const store = postgresStore(from.BASKET_DB)
const redis = from.REDIS_URL
  ? redisCache(from.REDIS_URL, "carts come from PostgreSQL alone", log.warn)
  : undefined
const token = serviceToken(from)
const carts = postgresCarts(store.pool)
const catalog = { name: "catalog", baseUrl: from.CATALOG_URL, timeoutMs: 2_000 }
const discount = { name: "discount", baseUrl: from.DISCOUNT_URL, timeoutMs: 1_000 }
/** For what a cart is shown without. */
const HASTY_MS = 300
start(basket, {
  ports: {
    carts: redis ? cachedCarts(carts, versionedCache(redis, cartCacheOptions)) : carts,
    audit: postgresAudit(store.pool),
    checkouts: postgresCheckouts(store.pool),
    copies: postgresVariantCopies(store.pool),
    taxCopies: postgresTaxCopies(store.pool),
    shippingMethods: postgresShippingMethods(store.pool),
    outbox: store.outbox,
    proofs: signedProofs(from.PRICE_PROOF_KEYS),
    personalData: postgresPersonalData(store.pool, from.PERSONAL_DATA_KEYS),
    wrappedKeys: postgresWrappedKeys(store.pool, from.PERSONAL_DATA_KEYS),
    customers: postgresCustomers(store.pool),
    guestAccounts: postgresGuestAccounts(store.pool),
    erased: postgresErasedCustomers(store.pool),
    // Catalog shows the prices of customer groups to the shop's own services, who say that they are.
    catalog: httpCatalog(serviceClient({ ...catalog, token })),
    // A public route: it needs no token, and so not the identity provider either.
    catalogTaxes: httpCatalog(serviceClient(catalog)),
    stockHints: httpStockHints(serviceClient({ ...catalog, timeoutMs: HASTY_MS })),
    stockHolds: httpStockHolds(serviceClient({ ...catalog, token })),
    discounts: httpDiscounts({
      patient: serviceClient({ ...discount, token }),
      hasty: serviceClient({ ...discount, timeoutMs: HASTY_MS, token }),
    }),
    logLevels: store.logLevels,
    ...deadLetterPorts(basket, store, (context, topics) =>
      serviceBusDeadLetters(() => serviceBusClient(from), context, topics),
    ),
  },
  tokens: tokenVerifier(from),
  guests: guestTokens(from.GUEST_TOKEN_KEYS),
  orderTokens: orderTokens(from.GUEST_TOKEN_KEYS),
  document,
  store,
  broker: serviceBusBroker(serviceBusClient(from)),
  others: {
    ...(redis && { redis: () => redis.ping() }),
    catalog: livenessProbe(catalog),
    discount: livenessProbe(discount),
  },
  ...(from.SEED && { seed: seedShippingMethods }),
  ...(redis && { close: () => redis.close() }),
})
