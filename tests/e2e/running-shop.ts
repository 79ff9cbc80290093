import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Cloud, startCloud } from "@eshop/local-cloud/cloud"
import { developmentSecrets } from "@eshop/local-cloud/settings"
import { paymentsOf, type Shop, shopClient } from "@eshop/local-cloud/shop/shop-client"
import pg from "pg"

export const products = {
  iphone: "5334c996-8457-4cf0-815c-ed2b77c4ff61",
  samsung: "c67d6323-e8b1-4bdf-9a75-b0d0d2e7e914",
  huawei: "4f136e9f-ff8c-4c1f-9a33-d12f689bdab8",
  xiaomi: "6ec1297b-ec0a-4aa1-be25-6726e3b51a27",
  htc: "b786103d-c621-4f5a-b498-23452610f88c",
  lumix: "93170c85-7795-489c-8e8f-7dcf3b4f4188",
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

/** Starts the shop as `npm start` does, without waiting for the disk at commits. */
export async function runShop(): Promise<RunningShop> {
  const dataDir = await mkdtemp(join(tmpdir(), "eshop-e2e-"))
  const cloud = await startCloud({ dataDir, ports: "free", fsync: false })
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
      await rm(dataDir, { recursive: true, force: true })
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
