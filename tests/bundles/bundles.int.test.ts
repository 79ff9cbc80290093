import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startHost } from "@eshop/functions-host/host"
import { startServiceBusEmulator } from "@eshop/service-bus-emulator/emulator"
import { afterAll, beforeAll, expect, it } from "vitest"
import { appFolder, root } from "../../tools/apps.ts"
import { buildApp } from "../../tools/build-app.ts"

let folder: string
let serviceBus: Awaited<ReturnType<typeof startServiceBusEmulator>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "bundles-"))
  serviceBus = await startServiceBusEmulator({
    configFile: join(root, "infra/service-bus/entities.json"),
    port: 0,
  })
})
afterAll(async () => {
  await serviceBus.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Nobody listens on port 1: each store is out, which no app may need for its start. */
const nowhere = "127.0.0.1:1"

const settings = () => ({
  ServiceBus: serviceBus.connectionString,
  IDENTITY_ISSUER: `http://${nowhere}`,
  IDENTITY_AUDIENCE: "eshop",
  CATALOG_DB: `postgres://nobody@${nowhere}/catalog`,
  BASKET_DB: `postgres://nobody@${nowhere}/basket`,
  ORDERING_DB: `postgres://nobody@${nowhere}/ordering`,
  CATALOG_URL: `http://${nowhere}`,
  DISCOUNT_URL: `http://${nowhere}`,
  PAYMENT_URL: `http://${nowhere}`,
  PAYMENT_API_KEY: "none",
})

const relational = ["forget-old-keys", "relay-outbox"]

it.each([
  [
    "catalog",
    [
      ...relational,
      "catalog-get-product",
      "catalog-get-stock",
      "catalog-list-products",
      "expire-reservations",
      "on-ordering-events",
    ],
  ],
  [
    "basket",
    [
      ...relational,
      "basket-check-out",
      "basket-get-cart",
      "basket-put-item",
      "basket-remove-item",
      "on-catalog-events",
    ],
  ],
  [
    "ordering",
    [
      ...relational,
      "authorise-payment",
      "cancel-order",
      "capture-payment",
      "check-payment",
      "checkout",
      "confirm-coupon",
      "confirm-stock",
      "create-order",
      "mark-paid",
      "on-basket-events",
      "on-catalog-events",
      "ordering-get-order",
      "ordering-get-timeline",
      "ordering-list-orders",
      "project-orders",
      "release-coupon",
      "reserve-coupon",
      "undo-payment",
    ],
  ],
])("the bundle of %s registers its functions and starts without its stores", async (app, functions) => {
  const out = join(folder, app)
  await buildApp(app, out)
  expect((await readdir(out)).sort()).toEqual([
    "host.json",
    "main.cjs",
    "main.cjs.map",
    "migrate.cjs",
    "migrate.cjs.map",
    "migrations",
    "package.json",
  ])
  expect(await readdir(join(out, "migrations"))).toEqual(await readdir(join(appFolder(app), "migrations")))

  const host = await startHost({
    scriptRoot: out,
    port: 0,
    env: settings(),
    stateDir: join(folder, `${app}-state`),
  })
  try {
    expect(host.functions.map(({ metadata }) => metadata.name).sort()).toEqual(functions.sort())
    expect(host.functions.filter(({ error }) => error !== undefined)).toEqual([])
    const path = { catalog: "products", basket: "cart", ordering: "orders" }[app]
    const answer = await fetch(`${host.baseUrl}/${path}`)
    // Catalog's list is public and misses its database; the others want a token first.
    expect([answer.status, answer.headers.get("content-type")]).toEqual([
      app === "catalog" ? 503 : 401,
      "application/problem+json",
    ])
  } finally {
    await host.stop()
  }
})
