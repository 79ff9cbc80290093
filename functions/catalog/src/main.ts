import { start } from "@eshop/building-blocks/app/start"
import { tokenVerifier } from "@eshop/building-blocks/identity/verify-token"
import { serviceBusDeadLetters } from "@eshop/building-blocks/messaging/dead-letter-queue"
import { deadLetterPorts } from "@eshop/building-blocks/messaging/dead-letters"
import { serviceBusBroker, serviceBusClient } from "@eshop/building-blocks/messaging/service-bus"
import { readSettings } from "@eshop/building-blocks/settings"
import { postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import document from "../openapi.json" with { type: "json" }
import { postgresProducts } from "./adapters/postgres-products.ts"
import { postgresStock } from "./adapters/postgres-stock.ts"
import { catalog } from "./app.ts"
import { seedProducts } from "./products/seed-products.ts"
import { settings } from "./settings.ts"

const from = readSettings(settings)
const store = postgresStore(from.CATALOG_DB)
start(catalog, {
  ports: {
    products: postgresProducts(store.pool),
    stock: postgresStock(store.pool),
    outbox: store.outbox,
    ...deadLetterPorts(catalog, store, (context, topics) =>
      serviceBusDeadLetters(() => serviceBusClient(from), context, topics),
    ),
  },
  tokens: tokenVerifier(from),
  document,
  store,
  broker: serviceBusBroker(serviceBusClient(from)),
  ...(from.SEED && { seed: seedProducts }),
})
