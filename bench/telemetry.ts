import { randomUUID } from "node:crypto"
import { once } from "node:events"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startHost } from "@eshop/functions-host/host"
import { startCloud } from "@eshop/local-cloud/cloud"
import pg from "pg"
import { root } from "../tools/apps.ts"
import { buildApp } from "../tools/build-app.ts"
import { buyersOf } from "./checkout.ts"
import { asInProduction, measure } from "./measure.ts"
import { orderWatcher } from "./order-watcher.ts"

const BLOCKS = 6
const ORDERS = 150
const WARM_UP = 100
const CONCURRENCY = 16
const STARTS = 7

/** Reads what it is sent and forgets it: what is measured is the shop. */
async function startReceiver() {
  const server = createServer((request, response) => {
    request.resume().once("end", () => response.end("{}"))
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, close: () => server.closeAllConnections() ?? server.close() }
}

/** A whole shop, and what measures a block of orders in it. */
async function startShop(dataDir: string, telemetry: string | false) {
  const cloud = await startCloud({ dataDir, ports: "free", telemetry, env: asInProduction })
  const [ordering, catalog] = (["ordering", "catalog"] as const).map(
    (context) => new pg.Pool({ connectionString: cloud.connections.postgres[context], max: 1 }),
  ) as [pg.Pool, pg.Pool]
  const watcher = orderWatcher(ordering)
  await cloud.waitUntilReady()
  await catalog.query("UPDATE stock SET on_hand = 100000000")
  const { signIn, fill, untilPaid } = buyersOf(cloud, watcher)
  return {
    /** @returns checkouts to Paid a second */
    async block(count: number): Promise<number> {
      const buyers = await signIn(count)
      const carts: Awaited<ReturnType<typeof fill>>[] = []
      await measure(CONCURRENCY, count, async (index) => {
        const buyer = buyers[index]
        if (buyer) carts.push(await fill(buyer))
      })
      const { perSecond } = await measure(CONCURRENCY, count, async (index) => {
        const cart = carts[index]
        if (cart) await untilPaid(cart)
      })
      return perSecond
    },
    async stop() {
      await watcher.stop()
      await Promise.all([ordering.end(), catalog.end()])
      await cloud.stop()
    },
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Two shops side by side, one of which tells of all that it does; their blocks take turns. */
async function benchThroughput(receiver: string): Promise<void> {
  const folders = await Promise.all([0, 1].map(() => mkdtemp(join(tmpdir(), "eshop-bench-"))))
  const [silent, telling] = await Promise.all([
    startShop(folders[0] as string, false),
    startShop(folders[1] as string, receiver),
  ])
  try {
    for (const shop of [silent, telling]) await shop.block(WARM_UP)
    const without: number[] = []
    const withTelemetry: number[] = []
    for (let block = 0; block < BLOCKS; block++) {
      without.push(await silent.block(ORDERS))
      withTelemetry.push(await telling.block(ORDERS))
    }
    const share = 100 * (1 - median(withTelemetry) / median(without))
    const figures = (values: number[]) => values.map((value) => value.toFixed(1)).join(" ")
    console.log(`checkout to Paid, c=${CONCURRENCY}, ${BLOCKS} blocks of ${ORDERS} orders, taking turns`)
    console.log(`  without telemetry  ${figures(without)} /s  median ${median(without).toFixed(1)}/s`)
    console.log(
      `  with telemetry     ${figures(withTelemetry)} /s  median ${median(withTelemetry).toFixed(1)}/s`,
    )
    console.log(`  costs ${share.toFixed(1)} % of the throughput`)
  } finally {
    await Promise.all([silent.stop(), telling.stop()])
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
  }
}

/** From the start of the host on the bundle of Basket to its first answer; its stores are away. */
async function benchColdStart(receiver: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "eshop-bench-"))
  const scriptRoot = join(folder, "basket")
  const example = JSON.parse(await readFile(join(root, "local.settings.example.json"), "utf8"))
  const away = example.Values as Record<string, string>
  const timed = async (telemetry: Record<string, string>): Promise<number> => {
    const started = performance.now()
    const env = { ...away, AzureWebJobsStorage: "", ...telemetry }
    const host = await startHost({ scriptRoot, port: 0, env, stateDir: join(folder, "state") })
    await (await fetch(`${host.baseUrl}/health/live`)).text()
    const milliseconds = performance.now() - started
    await host.stop()
    return milliseconds
  }
  try {
    await buildApp("basket", scriptRoot)
    const forms: Record<string, Record<string, string>> = {
      unset: {},
      OTLP: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver },
      // Nobody listens there: what is measured is the start.
      "Azure Monitor": {
        APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=${randomUUID()};IngestionEndpoint=https://127.0.0.1:1/`,
        APPLICATION_INSIGHTS_NO_STATSBEAT: "true",
      },
    }
    const taken = new Map<string, number[]>(Object.keys(forms).map((form) => [form, []]))
    for (let start = 0; start < STARTS; start++)
      for (const [form, settings] of Object.entries(forms)) taken.get(form)?.push(await timed(settings))
    console.log(`start of basket's bundle to its first answer, ${STARTS} each, taking turns`)
    for (const [form, times] of taken)
      console.log(
        `  ${form.padEnd(13)}  median ${median(times).toFixed(0)} ms, best ${Math.min(...times).toFixed(0)} ms`,
      )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What telemetry costs: of the throughput of checkouts, and of a cold start. */
export async function benchTelemetry(): Promise<void> {
  const receiver = await startReceiver()
  try {
    await benchColdStart(receiver.url)
    await benchThroughput(receiver.url)
  } finally {
    receiver.close()
  }
}
