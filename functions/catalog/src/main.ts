import { app } from "@azure/functions"
import { contextApp, IdentitySettings, MessagingSettings } from "@eshop/building-blocks/context-app"
import { when } from "@eshop/building-blocks/messaging/event-edge"
import { readSettings } from "@eshop/building-blocks/settings"
import { OrderCancelled, OrderCreated, OrderPaid } from "@eshop/domain/events/ordering-events"
import { seedProducts as productsToSeed } from "@eshop/domain/seed"
import { z } from "zod"
import { postgresProducts } from "./adapters/postgres-products.ts"
import { postgresStock } from "./adapters/postgres-stock.ts"
import { getProduct } from "./products/get-product.ts"
import { listProducts } from "./products/list-products.ts"
import { seedProducts } from "./products/seed-products.ts"
import { commitStock } from "./stock/commit-stock.ts"
import { expireReservation } from "./stock/expire-reservation.ts"
import { getStock } from "./stock/get-stock.ts"
import { releaseStock } from "./stock/release-stock.ts"
import { reserveStock } from "./stock/reserve-stock.ts"

const settings = readSettings(
  z.object({
    ...IdentitySettings.shape,
    ...MessagingSettings.shape,
    CATALOG_DB: z.url(),
    SEED: z.stringbool().default(false),
  }),
)
const { pool, outbox, http, events, every, systemCall } = contextApp(settings.CATALOG_DB, settings)
const ports = { products: postgresProducts(pool), stock: postgresStock(pool), outbox }

http.route("GET", "products", listProducts(ports), {
  access: "anyone",
  answers: (page) => ({ status: 200, body: page }),
})
http.route("GET", "products/{id}", getProduct(ports), {
  access: "anyone",
  answers: (product) => ({ status: 200, body: product, version: product.version }),
})
http.route("GET", "products/{id}/stock", getStock(ports), {
  access: "anyone",
  answers: (level) => ({ status: 200, body: level }),
})

events.subscription("ordering-events", "catalog", [
  when(OrderCreated, reserveStock(ports)),
  when(OrderPaid, commitStock(ports)),
  when(OrderCancelled, releaseStock(ports)),
])

const expire = expireReservation(ports)
every("30 * * * * *", "expire-reservations", async (call) => {
  for (const orderId of await ports.stock.overdue(call.now, 100)) await expire.handle({ orderId }, call)
})

if (settings.SEED)
  app.hook.appStart(async () => {
    await seedProducts(ports, productsToSeed).handle({}, systemCall())
  })
