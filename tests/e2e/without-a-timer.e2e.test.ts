import { newId } from "@eshop/building-blocks/ids"
import { message } from "@eshop/building-blocks/messaging/outbox"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import type { Cloud } from "@eshop/local-cloud/cloud"
import pg from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"
import { clientOf, type Send } from "../fixtures/http.ts"
import { importerToken, sendImport } from "../fixtures/import-file.ts"
import { startParts } from "../fixtures/local-parts.ts"
import { eventually } from "./running-shop.ts"

// The catch-up is switched off here: what happens follows a commit, or the start of a process.

let cloud: Cloud
let database: pg.Pool
let send: Send

beforeAll(async () => {
  cloud = await startParts(["identity", "catalog"], { "AzureWebJobs.catch-up.Disabled": "true" })
  database = new pg.Pool({ connectionString: cloud.connections.postgres.catalog })
  send = clientOf(cloud.connections.apps.catalog, await importerToken(cloud.connections.identity))
})
afterAll(async () => {
  await database?.end()
  await cloud?.stop()
})

const key = () => ({ "idempotency-key": newId() })
const price = (amount: number, more = {}) => ({
  ...{ unitPrice: { amount, currency: "USD" }, minQuantity: 1, taxCategory: "standard", includesTax: true },
  ...more,
})
const found = async (query: string): Promise<string[]> =>
  (await send("GET", query)).body.items.map(({ slug }: { slug: string }) => slug)
const foundBy = (query: string, slugs: string[]) =>
  eventually(
    () => found(query),
    (now) => now.join() === slugs.join(),
  )
const countOf = async (table: string) => (await database.query(`SELECT FROM ${table}`)).rowCount
const emptied = (table: string) =>
  eventually(
    () => countOf(table),
    (count) => count === 0,
  )

test("an import is taken and found, and the products of a category follow it, right after their commits", async () => {
  const categoryOf = async (slug: string) => {
    const { body } = await send("POST", "categories", { slug, name: { en: slug } }, key())
    return body.id as string
  }
  const [above, below] = [await categoryOf("above"), await categoryOf("below")]
  const variants = [{ sku: "LAMP", options: {}, quantity: { min: 1, step: 1 }, backorder: false }]
  const product = { slug: "lamp", name: { en: "Zarkovian lamp" }, description: { en: "Lit." }, variants }
  const lines = [
    { product: { ...product, categories: ["below"], attributes: {}, images: [] } },
    { prices: { sku: "LAMP", prices: [price(10_00)] } },
    { status: { slug: "lamp", status: "published" } },
  ]
  const path = await sendImport(send, [lines.map((line) => `${JSON.stringify(line)}\n`).join("")])
  const { status, taken } = await eventually(
    async () => (await send("GET", path)).body,
    (job) => job.status === "done",
  )
  expect([status, taken]).toEqual(["done", 3])
  await foundBy("search?q=zarkovian", ["lamp"])

  expect(await found(`products?category=${above}`)).toEqual([])
  expect((await send("PATCH", `categories/${below}`, { parentId: above })).status).toBe(200)
  await foundBy(`products?category=${above}`, ["lamp"])
})

test("a price that begins two seconds later is told then, and the search knows it", async () => {
  const begins = Date.now() + 2_000
  const { headers } = await send("GET", "variants/LAMP/prices")
  const sale = price(8_00, {
    validFrom: new Date(begins).toISOString(),
    validUntil: new Date(begins + 3_600_000).toISOString(),
  })
  const match = { "if-match": headers.get("etag") as string }
  expect((await send("PUT", "variants/LAMP/prices", { prices: [price(10_00), sale] }, match)).status).toBe(
    200,
  )
  expect(await found("search?q=zarkovian&maxPrice=800")).toEqual([])
  await foundBy("search?q=zarkovian&maxPrice=800", ["lamp"])
  const { rows } = await database.query(
    "SELECT at FROM audit WHERE action = 'prices.changed' ORDER BY position DESC LIMIT 1",
  )
  expect(rows[0].at.getTime() >= begins).toBe(true)
})

test("an event that the broker could not take is sent when it is back", async () => {
  cloud.part("servicebus").kill("SIGKILL")
  const { headers } = await send("GET", "variants/LAMP/prices")
  const match = { "if-match": headers.get("etag") as string }
  expect((await send("PUT", "variants/LAMP/prices", { prices: [price(9_00)] }, match)).status).toBe(200)
  await cloud.part("servicebus").whenReady()
  await emptied("outbox")
})

test("what a process left over that died between its commit and what follows it is done at the next start", async () => {
  const lamp = (await database.query("SELECT id FROM product WHERE slug = 'lamp'")).rows[0].id
  const catalog = cloud.part("catalog")
  catalog.kill("SIGSTOP")
  const left = message(ProductChanged, lamp, ProductChanged.example as never, { now: new Date(), newId })
  await database.query("INSERT INTO outbox (id, topic, event) VALUES ($1, $2, $3)", [
    left.id,
    left.topic,
    JSON.stringify(left.event),
  ])
  await database.query("DELETE FROM search_entry WHERE product_id = $1", [lamp])
  await database.query("INSERT INTO search_stale VALUES ($1)", [lamp])
  await database.query(
    "INSERT INTO category_change (category_id) SELECT id FROM category WHERE slug = 'below'",
  )
  catalog.kill("SIGKILL")
  await catalog.whenReady()
  await foundBy("search?q=zarkovian", ["lamp"])
  for (const table of ["outbox", "search_stale", "category_change"]) await emptied(table)
})
