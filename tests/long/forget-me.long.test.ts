import { afterAll, beforeAll, expect, test } from "vitest"
import {
  buyersWithOrders,
  closeOrders,
  eraseBuyers,
  searchDatabases,
  searchRedis,
  verifyChains,
} from "../e2e/forgotten-buyers.ts"
import { type RunningShop, runShop } from "../e2e/running-shop.ts"
import { distinctWord, nothingFound, searchFiles } from "../fixtures/raw-search.ts"

const CUSTOMERS = 1_000
const ERASED = 100
const AT_ONCE = 16

let running: RunningShop

beforeAll(async () => {
  running = await runShop()
})
afterAll(() => running.stop())

test("100 of 1,000 customers are forgotten: nothing holds a word of theirs, and every order's chain still holds", async () => {
  const buyers = await buyersWithOrders(running, CUSTOMERS, AT_ONCE)
  // One of ten, so that customers, guests, paid and cancelled orders are among them.
  const erased = buyers.filter((_, index) => index % 10 === Math.floor(index / 10) % 10)
  expect(erased).toHaveLength(ERASED)
  await closeOrders(running, erased)
  expect(await eraseBuyers(running, erased, 600_000)).toEqual(Array(ERASED).fill(202))
  expect(await verifyChains(running)).toEqual({ orders: CUSTOMERS, broken: [] })

  const planted = distinctWord()
  await running.sql("ordering", "CREATE TABLE planted (word text)")
  await running.sql("ordering", "INSERT INTO planted VALUES ($1)", [planted])
  const found = nothingFound()
  await searchDatabases(running, found)
  await searchRedis(running, found)
  await running.cloud.stop()
  await searchFiles(running.cloud.dataDir, found)
  const forgotten = new Set(erased.flatMap(({ words }) => words))
  expect([found.words.has(planted), found.disguised]).toEqual([true, []])
  expect([...found.words].filter((word) => forgotten.has(word))).toEqual([])
})
