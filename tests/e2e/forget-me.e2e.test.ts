import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { distinctWord, nothingFound, searchFiles } from "../fixtures/raw-search.ts"
import {
  buyersWithOrders,
  closeOrders,
  eraseBuyers,
  searchDatabases,
  searchRedis,
  verifyChains,
} from "./forgotten-buyers.ts"
import { type RunningShop, runShop } from "./running-shop.ts"

const CUSTOMERS = 40
const ERASED = 8

let running: RunningShop

beforeAll(async () => {
  running = await runShop()
})
afterAll(() => running.stop())

it("8 of 40 customers are forgotten: nothing holds a word of theirs, and every order's chain still holds", async () => {
  const buyers = await buyersWithOrders(running, CUSTOMERS, 10)
  const [erased, others] = [buyers.slice(0, ERASED), buyers.slice(ERASED)]
  await closeOrders(running, erased)
  // Who ordered as a guest and signed in afterwards asks once, by the account, and is forgotten as the guest as well.
  const [, guest] = erased
  expect(guest?.customerId).toMatch(/^guest-/)
  await guest?.signIn("was-a-guest")
  for (const { send, words } of erased) {
    const { status, body } = await send("GET", "/ordering/customers/me/data")
    expect(status).toBe(200)
    for (const word of words) expect(JSON.stringify(body)).toContain(word)
  }

  expect(await eraseBuyers(running, erased, 90_000)).toEqual(Array(ERASED).fill(202))
  expect(await verifyChains(running)).toEqual({ orders: CUSTOMERS, broken: [] })
  for (const { send, orderId } of erased) {
    expect((await send("GET", "/ordering/customers/me/erasure")).body).toMatchObject({ status: "erased" })
    expect((await send("GET", `/ordering/orders/${orderId}`)).body).not.toHaveProperty("shippingAddress")
  }
  for (const { send, orderId, words } of others) {
    const { body } = await send("GET", `/ordering/orders/${orderId}`)
    expect(body).toMatchObject({ shippingAddress: { firstName: words[0], state: words[4] } })
  }

  // What is planted is found: the search sees what it looks at.
  const [inTable, inFile] = [distinctWord(), distinctWord()]
  await running.sql("ordering", "CREATE TABLE planted (word text)")
  await running.sql("ordering", "INSERT INTO planted VALUES ($1)", [inTable])
  await writeFile(join(running.cloud.dataDir, "planted"), `\0${inFile}`)
  const alive = nothingFound()
  expect(await searchDatabases(running, alive)).toBeGreaterThan(40)
  await searchRedis(running, alive)
  expect([alive.words.has(inTable), alive.disguised]).toEqual([true, []])
  const forgotten = new Set(erased.flatMap(({ words }) => words))
  expect([...alive.words].filter((word) => forgotten.has(word))).toEqual([])

  // Everything is on the disk then: tables with their dead rows, the write-ahead log, the broker, the task hub, the logs.
  await running.cloud.stop()
  const onDisk = nothingFound()
  expect(await searchFiles(running.cloud.dataDir, onDisk)).toBeGreaterThan(1_000)
  expect([onDisk.words.has(inTable), onDisk.words.has(inFile), onDisk.disguised]).toEqual([true, true, []])
  expect([...onDisk.words].filter((word) => forgotten.has(word))).toEqual([])
}, 600_000)
