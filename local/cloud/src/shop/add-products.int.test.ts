import { join } from "node:path"
import { applyMigrations } from "@eshop/building-blocks/store/postgres/migrations"
import { seedCategories } from "@eshop/domain/seed/categories"
import pg from "pg"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startParts } from "../../../../tests/fixtures/local-parts.ts"
import type { Cloud } from "../cloud.ts"
import { repositoryRoot } from "../settings.ts"
import { addProducts, awaitSearch } from "./add-products.ts"

let cloud: Cloud
let database: pg.Client

beforeAll(async () => {
  cloud = await startParts(["postgres"])
  const url = cloud.connections.postgres.catalog
  await applyMigrations(url, join(repositoryRoot, "functions/catalog/migrations/postgres"))
  database = new pg.Client({ connectionString: url })
  await database.connect()
})
afterAll(async () => {
  await database?.end()
  await cloud?.stop()
})

const countOf = async (table: string): Promise<number> =>
  (await database.query(`SELECT count(*)::integer AS count FROM ${table}`)).rows[0].count
const add = (count: number, seed: number) => addProducts(database, { count, seed }, () => {})

test("without the seed catalogue's categories nothing is added", async () => {
  await expect(add(10, 1)).rejects.toThrow("SEED=true")
  expect(await countOf("product")).toBe(0)
})

test("products come with two variants, prices and stock, wait for the search, and are added once", async () => {
  for (const { id, slug, name, parentId, position, version } of seedCategories)
    await database.query("INSERT INTO category VALUES ($1, $2, $3, $4, $5, $6)", [
      ...[id, slug, name, parentId ?? null, position, version],
    ])
  const done: number[] = []
  expect(await addProducts(database, { count: 1_500, seed: 1 }, (now) => done.push(now))).toBe(1_500)
  expect(done).toEqual([1_000, 1_500])
  expect([await add(1_500, 1), await add(1_600, 1), await add(100, 2)]).toEqual([0, 100, 100])
  const tables = ["product", "product_slug", "product_category", "search_stale", "variant", "price", "stock"]
  const counts: number[] = []
  for (const table of tables) counts.push(await countOf(table))
  expect(counts).toEqual([1_700, 1_700, 1_700, 1_700, 3_400, 3_400, 3_400])
})

test("who waits for the search hears how much is left", async () => {
  const heard: number[] = []
  await awaitSearch(database, (pending) => {
    heard.push(pending)
    // As Catalog's timer would.
    if (heard.length === 1) void database.query("DELETE FROM search_stale")
  })
  expect(heard).toEqual([1_700, 0])
})
