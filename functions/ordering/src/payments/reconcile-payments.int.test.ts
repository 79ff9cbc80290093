import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { recordsInMemory } from "../../../../tests/payments/provider.ts"
import { operator, orderingOn } from "../testing/ordering.ts"
import type { ProviderRecords } from "./ports.ts"
import { paymentOrders } from "./testing/orders.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>
let shop: ReturnType<typeof paymentOrders>
let provider: ReturnType<typeof recordsInMemory>
let alarms: string[]

beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
  shop = paymentOrders(ordering)
})
afterAll(() => ordering?.store.close())
beforeEach(async () => {
  await ordering.store.pool.query("TRUNCATE provider_watch, provider_reconciliation")
  provider = recordsInMemory()
  alarms = []
  vi.spyOn(console, "error").mockImplementation((text) => void alarms.push(String(text)))
})
afterEach(() => vi.restoreAllMocks())

const run = async (records: ProviderRecords = provider.records) => {
  const app = ordering.appWith({ providerRecords: records })
  return (await app.as(operator)("POST", "operations/payments/reconciliation", {})).body
}
const nothing = { right: 0, waiting: 0, voided: 0, refunded: 0, noted: 0, alarms: 0 }

test("what no order waits for is voided, what a cancelled one has paid goes back, once", async () => {
  const [paid, voided, refunded, lost] = [
    await shop.paid(),
    await shop.cancelled(),
    await shop.cancelled(),
    newId(),
  ]
  provider.has(paid, "captured")
  provider.has(refunded, "captured")
  for (const orderId of [voided, lost]) provider.has(orderId, "authorised")
  const first = await run()
  expect(first).toMatchObject({ ...nothing, right: 1, voided: 2, refunded: 1 })
  expect(provider.released.sort()).toEqual([`pi_${voided}`, `pi_${refunded}`, `pi_${lost}`].sort())
  expect(await ordering.ports.paymentWatch.until()).toEqual({ from: new Date(first.settledUntil) })
  expect(await shop.watched()).toEqual([])
})

test("what contradicts an order is an alarm, and nobody touches its money", async () => {
  const [paid, unknown] = [await shop.paid(), newId()]
  provider.has(paid, "authorised")
  provider.has(unknown, "captured")
  expect(await run()).toMatchObject({ ...nothing, alarms: 2 })
  expect(provider.released).toEqual([])
})

test("a payment whose order is still under way is looked at again until that has ended", async () => {
  const orderId = await shop.awaiting()
  const paymentId = provider.has(orderId, "authorised")
  expect(await run()).toMatchObject({ ...nothing, waiting: 1 })
  // The list is empty from here on: only what is watched is looked at.
  const empty = { ...provider.records, madeBetween: async () => ({ payments: [], isLast: true }) }
  expect(await run(empty)).toMatchObject({ ...nothing, waiting: 1 })
  await shop.change(orderId, ["cancelOrder", { reason: { code: "test", detail: "A test." } }])
  expect(await run(empty)).toMatchObject({ ...nothing, voided: 1 })
  expect([provider.released, await shop.watched()]).toEqual([[paymentId], []])
  expect(await run(empty)).toMatchObject(nothing)
})

test("one that the provider does not let go holds no other up, and is tried again", async () => {
  const [stuck, free] = [await shop.cancelled(), await shop.cancelled()]
  const stuckId = provider.has(stuck, "captured")
  provider.has(free, "captured")
  const release: ProviderRecords["release"] = async (payment) => {
    if (payment.paymentId === stuckId) throw new Error("the charge is disputed")
    await provider.records.release(payment)
  }
  expect(await run({ ...provider.records, release })).toMatchObject({ ...nothing, refunded: 1, alarms: 1 })
  expect(await shop.watched()).toEqual([stuckId])
  expect(await run()).toMatchObject({ refunded: 1, alarms: 0 })
})

test("a list of many pages is followed page by page; a run that breaks off is continued where it stood", async () => {
  const ids = Array.from({ length: 250 }, newId)
  for (const orderId of ids) provider.has(orderId, "declined")
  const asked: (string | undefined)[] = []
  const breaking: ProviderRecords["madeBetween"] = async (from, to, after, limit) => {
    asked.push(after)
    if (asked.length === 2) throw new Error("the process dies")
    return await provider.records.madeBetween(from, to, after, limit)
  }
  const records = { ...provider.records, madeBetween: breaking }
  await run(records)
  const until = await ordering.ports.paymentWatch.until()
  expect(until).toMatchObject({ to: expect.any(Date), after: `pi_${ids[150]}` })
  expect(await run(records)).toMatchObject({ ...nothing, right: 150 })
  // The last one is about what was made since.
  expect(asked).toEqual([undefined, ...Array(2).fill(`pi_${ids[150]}`), `pi_${ids[50]}`, undefined])
  expect(await ordering.ports.paymentWatch.until()).toEqual({ from: expect.any(Date) })
})

test("payments of nobody here are left alone; a customer may not ask for this", async () => {
  const foreign = { paymentId: "pi_foreign", status: "captured", captured: usd(1) } as const
  const madeBetween = async () => ({ payments: [foreign], isLast: true })
  expect(await run({ ...provider.records, madeBetween })).toMatchObject(nothing)
  const other = { kind: "service" as const, id: "reports", roles: [] }
  expect((await ordering.appWith().as(other)("POST", "operations/payments/reconciliation", {})).status).toBe(
    403,
  )
})
