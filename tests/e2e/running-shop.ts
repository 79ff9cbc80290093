import { rm } from "node:fs/promises"
import { type Cloud, type CloudOptions, startCloud } from "@eshop/local-cloud/cloud"
import { type AppName, developmentSecrets } from "@eshop/local-cloud/settings"
import { paymentsOf, type Shop, shopClient } from "@eshop/local-cloud/shop/shop-client"
import pg from "pg"
import { preparedData } from "../fixtures/prepared-data.ts"

/** What the seed has of each of its products. */
export const SEEDED = 1_000

/** SKUs of the seed. */
export const products = {
  iphone: "IPHONE-X-BLACK",
  samsung: "SAMSUNG-10-BLACK",
  huawei: "HUAWEI-PLUS-BLACK",
  xiaomi: "XIAOMI-MI-9-BLACK",
  htc: "HTC-U11-PLUS-BLACK",
  lumix: "PANASONIC-LUMIX-BLACK",
} as const

/** The whole shop on free ports with data of its own, and what a test asks of it. */
export type RunningShop = {
  readonly cloud: Cloud
  readonly shop: Shop
  readonly stop: () => Promise<void>
  /** Runs SQL in a context's database; for facts that no API tells. */
  sql<Row extends pg.QueryResultRow>(
    context: "catalog" | "basket" | "ordering",
    text: string,
    values?: unknown[],
  ): Promise<Row[]>
  paymentsOf(orderId: string): ReturnType<typeof paymentsOf>
}

/** Starts the shop as a second `npm start` does, without waiting for the disk at commits. @param options for more than that */
export async function runShop(options: CloudOptions = {}): Promise<RunningShop> {
  const dataDir = await preparedData("shop")
  const running = await runShopIn(dataDir, options)
  return {
    ...running,
    async stop() {
      await running.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** The same on data that outlast it. @param options.ports where it listens: where it did before, for whoever knows it */
export async function runShopIn(dataDir: string, options: CloudOptions = {}): Promise<RunningShop> {
  const cloud = await startCloud({ dataDir, ports: "free", fsync: false, ...options })
  const pools = new Map<string, pg.Pool>()
  const { connections } = cloud
  try {
    await cloud.waitUntilReady()
  } catch (error) {
    await cloud.stop()
    throw error
  }
  return {
    cloud,
    shop: shopClient(connections),
    async stop() {
      for (const pool of pools.values()) await pool.end()
      await cloud.stop()
    },
    async sql(context, text, values) {
      let pool = pools.get(context)
      if (!pool) {
        pool = new pg.Pool({ connectionString: connections.postgres[context], max: 2 })
        // A test may end the server that this pool is connected to.
        pool.on("error", () => {})
        pools.set(context, pool)
      }
      return (await pool.query(text, values)).rows
    },
    paymentsOf: (orderId) =>
      paymentsOf({ url: connections.payments, apiKey: developmentSecrets.paymentApiKey }, orderId),
  }
}

/**
 * Lets a timer's function run now, as an operator does, for what a test has changed behind the app's back.
 * https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
 */
export async function runTimer({ connections }: Cloud, app: AppName, name: string): Promise<void> {
  const url = `${connections.apps[app]}/admin/functions/${name}`
  const { status } = await fetch(url, { method: "POST", body: "{}" })
  if (status !== 202) throw new Error(`${name} was answered with ${status}`)
}

/** Writes down that so many units were counted, as whoever keeps the stock does. @param quantity on hand, reserved ones included */
export async function setStock({ shop }: RunningShop, sku: string, quantity: number): Promise<void> {
  const keeper = await shop.roleToken("inventory.write")
  const adjustment = { body: { type: "set", quantity, reason: "count" } }
  const headers = { "idempotency-key": crypto.randomUUID() }
  const path = `/catalog/stock/${sku}/adjustments`
  shop.expect(await shop.send(keeper, "POST", path, { ...adjustment, headers }), 200)
}

/** Waits until the reading equals what is expected, then returns; the last reading is for the assertion that follows. */
export async function eventually<T>(
  read: () => Promise<T>,
  done: (value: T) => boolean,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const value = await read()
    if (done(value) || Date.now() > deadline) return value
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
