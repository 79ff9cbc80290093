import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { Agent, request } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { generatedProduct } from "@eshop/domain/seed/generated"
import { type Cloud, startCloud } from "@eshop/local-cloud/cloud"
import { addProducts, awaitSearch } from "@eshop/local-cloud/shop/add-products"
import { type Customer, shopClient } from "@eshop/local-cloud/shop/shop-client"
import pg from "pg"
import { asInProduction, measure, printFigures } from "./measure.ts"

const SIZES = [1_000, 100_000]
const SEED = 1
/** Calls by concurrency: some seconds of each. */
const CALLS: readonly (readonly [concurrency: number, count: number])[] = [
  [1, 200],
  [16, 1_600],
  [64, 1_600],
]
/** Different requests of a kind, taken in turn. */
const VARIETY = 400

const get = (url: string, agent: Agent) =>
  new Promise<void>((resolve, reject) => {
    const outgoing = request(url, { agent }, (response) => {
      response.resume().on("end", () => {
        if (response.statusCode === 200) resolve()
        else reject(new Error(`${url} answered ${response.statusCode}`))
      })
    })
    outgoing.on("error", reject)
    outgoing.end()
  })

/** Two neighbours in the middle of the word change places. */
function swapped(word: string): string {
  const middle = Math.floor(word.length / 2)
  return word.slice(0, middle - 1) + word[middle] + word[middle - 1] + word.slice(middle + 1)
}

/** Requests of each kind, about products that lie evenly over the catalogue. */
function requestsOf(size: number): Record<string, string[]> {
  const products = Array.from({ length: VARIETY }, (_, place) =>
    generatedProduct(Math.floor((place * size) / VARIETY), SEED),
  )
  const words = products.map(({ id, name }) => {
    // Brand, series, quality, noun of one or more words, number.
    const [brand = "", series = "", quality = "", ...rest] = (name.en ?? "").split(" ")
    return { id, brand, series, quality, noun: rest.slice(0, -1).join(" ") }
  })
  const search = (q: string) => `search?q=${encodeURIComponent(q)}`
  return {
    detail: words.map(({ id }) => `products/${id}`),
    "list 20": words.map(() => "products"),
    "search 20 + facets": words.map(({ brand, series, quality, noun }, place) =>
      search(place % 2 ? `${brand} ${noun}` : `${series} ${quality} ${noun}`),
    ),
    "typo search": words.map(({ brand, series }) => search(`${series} ${swapped(brand)}`)),
    suggestion: words.map(({ brand, noun }, place) => {
      const word = place % 2 ? brand : noun
      return `suggestions?q=${encodeURIComponent(word.slice(0, 3 + (place % 3)))}`
    }),
  }
}

/** Starts the bare handler as a process of its own. */
async function startBare(databaseUrl: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, "bare-catalog.ts"), databaseUrl], {
    stdio: ["ignore", "pipe", "inherit"],
  })
  const [line] = await once(child.stdout.setEncoding("utf8"), "data")
  return {
    url: `http://127.0.0.1:${String(line).trim()}`,
    async stop() {
      const ended = once(child, "exit")
      child.kill("SIGTERM")
      await ended
    },
  }
}

async function measureReads(cloud: Cloud, size: number): Promise<void> {
  const bare = await startBare(cloud.connections.postgres.catalog)
  const { gateway, apps } = cloud.connections
  const targets = { gateway: `${gateway}/catalog`, direct: apps.catalog, bare: bare.url }
  try {
    for (const [kind, paths] of Object.entries(requestsOf(size)))
      for (const [target, url] of Object.entries(targets)) {
        // Of its own for each: a server closes what was not used for some seconds.
        const agent = new Agent({ keepAlive: true, maxSockets: 64 })
        const call = (index: number) => get(`${url}/${paths[index % paths.length]}`, agent)
        await measure(16, VARIETY, call)
        for (const [concurrency, count] of CALLS)
          printFigures(`${kind}, ${target}`, concurrency, await measure(concurrency, count, call))
        agent.destroy()
      }
  } finally {
    await bare.stop()
  }
}

/** One product into a cart that was empty, by a customer who is signed in. */
async function measureCarts(cloud: Cloud, size: number): Promise<void> {
  const shop = shopClient(cloud.connections)
  let customers = 0
  for (const [concurrency, count] of CALLS) {
    const signedIn: Customer[] = []
    await measure(16, count, async () => {
      signedIn.push(await shop.signIn(`bench-${size}-${customers++}`))
    })
    const add = async (index: number) => {
      const [variant] = generatedProduct(index % size, SEED).variants
      await (signedIn[index] as Customer).putItem(variant?.sku ?? "", 1)
    }
    printFigures("add to a new basket, gateway", concurrency, await measure(concurrency, count, add))
  }
}

/** Catalog's reads and a first item in a cart, in a small and in a large catalogue. */
export async function benchCatalog(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "eshop-bench-"))
  const cloud = await startCloud({ dataDir, ports: "free", env: asInProduction })
  const database = new pg.Client({ connectionString: cloud.connections.postgres.catalog })
  try {
    await cloud.waitUntilReady()
    await database.connect()
    for (const count of SIZES) {
      await addProducts(database, { count, seed: SEED }, () => {})
      await awaitSearch(database, () => {})
      console.log(`${count} products, ${2 * count} variants, and the seed catalogue`)
      await measureReads(cloud, count)
      await measureCarts(cloud, count)
    }
  } finally {
    await database.end()
    await cloud.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
