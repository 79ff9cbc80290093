import { cp, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { privacyOperations } from "@eshop/local-cloud/shop/privacy-operations"
import { expect, onTestFinished, test } from "vitest"
import {
  type Buyer,
  buyersWithOrders,
  closeOrders,
  eraseBuyers,
  searchDatabases,
  verifyChains,
} from "../e2e/forgotten-buyers.ts"
import { type RunningShop, runShopIn } from "../e2e/running-shop.ts"
import { nothingFound } from "../fixtures/raw-search.ts"

const BUYERS = 12
const ERASED = 4

/** Addresses that the shop still opens, by order. */
async function knownAddresses(running: RunningShop, buyers: readonly Buyer[]): Promise<boolean[]> {
  const reader = await running.shop.roleToken("ordering.read")
  return await Promise.all(
    buyers.map(async ({ orderId }) => {
      const { body } = await running.shop.send<object>(reader, "GET", `/ordering/orders/${orderId}`)
      return "shippingAddress" in body
    }),
  )
}

// The drill of docs/operations/restore.md: PostgreSQL, with three of the four contexts, goes back to a backup; Table
// Storage, the task hub and the broker are where they were.
test("a database that comes back from a backup forgets again who was forgotten since", async () => {
  const directory = await mkdtemp(join(tmpdir(), "eshop-restore-"))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const dataDir = join(directory, "data")
  const cluster = join(dataDir, "postgres")
  const backup = join(directory, "backup")

  // A backup, while customers are known who will be forgotten.
  let running = await runShopIn(dataDir)
  const { ports } = running.cloud
  const buyers = await buyersWithOrders(running, BUYERS, 6)
  const erased = buyers.slice(0, ERASED)
  await closeOrders(running, erased)
  await running.stop()
  await cp(cluster, backup, { recursive: true, preserveTimestamps: true })

  running = await runShopIn(dataDir, { ports })
  expect(await eraseBuyers(running, erased, 120_000)).toEqual(Array(ERASED).fill(202))
  const since = await buyersWithOrders(running, 2, 2)
  await running.stop()

  // The cluster is lost; the backup takes its place, and knows neither of the erasures nor of the orders since.
  await rm(cluster, { recursive: true })
  await cp(backup, cluster, { recursive: true, preserveTimestamps: true })
  running = await runShopIn(dataDir, { ports })
  const restored = running
  onTestFinished(() => restored.stop())
  expect(await knownAddresses(running, buyers)).toEqual(Array(BUYERS).fill(true))
  expect(await verifyChains(running)).toEqual({ orders: BUYERS, broken: [] })

  // Table Storage was not restored: Discount's list tells of all of them.
  const privacy = privacyOperations(running.cloud.connections)
  expect((await privacy.erased()).map(({ customerId }) => customerId).sort()).toEqual(
    erased.map(({ customerId }) => customerId).sort(),
  )
  expect(await privacy.eraseAgain([], () => {})).toBe(ERASED)
  expect(await knownAddresses(running, buyers)).toEqual([
    ...Array(ERASED).fill(false),
    ...Array(BUYERS - ERASED).fill(true),
  ])
  expect(await verifyChains(running)).toEqual({ orders: BUYERS, broken: [] })
  const found = nothingFound()
  await searchDatabases(running, found)
  expect([found.words.size, found.disguised]).toEqual([0, []])

  // What the payment provider captured and no order knows: the orders since the backup, which a person has to look at.
  const lost = await Promise.all(since.map(({ orderId }) => running.paymentsOf(orderId)))
  const captured = lost.flat().map(({ amount_received }) => amount_received)
  expect(captured.filter((amount) => amount > 0)).toHaveLength(1)
})
