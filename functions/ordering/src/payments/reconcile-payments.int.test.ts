import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import { expect, test } from "vitest"
import type { ProviderRecords } from "./ports.ts"
import { nothing, reconciledShop } from "./testing/reconciled-shop.ts"

const shop = reconciledShop()
const watched = () => shop.orders.watched()

test("what no order waits for is voided, what a cancelled one has paid goes back, once", async () => {
  const [paid, voided, refunded, lost] = [
    await shop.orders.paid(),
    await shop.orders.cancelled(),
    await shop.orders.cancelled(),
    newId(),
  ]
  shop.provider.has(paid, "captured")
  shop.provider.has(refunded, "captured")
  for (const orderId of [voided, lost]) shop.provider.has(orderId, "authorised")
  const first = await shop.run()
  expect(first).toMatchObject({ ...nothing, right: 1, voided: 2, refunded: 1 })
  expect(shop.provider.released.sort()).toEqual([`pi_${voided}`, `pi_${refunded}`, `pi_${lost}`].sort())
  expect(await shop.ordering.ports.paymentWatch.until()).toEqual({ from: new Date(first.settledUntil) })
  expect(await watched()).toEqual([])
})

test("what contradicts an order is an alarm, and nobody touches its money", async () => {
  const [paid, unknown] = [await shop.orders.paid(), newId()]
  shop.provider.has(paid, "authorised")
  shop.provider.has(unknown, "captured")
  expect(await shop.run()).toMatchObject({ ...nothing, alarms: 2 })
  expect(shop.provider.released).toEqual([])
})

test("a payment whose order is still under way is looked at again until that has ended", async () => {
  const orderId = await shop.orders.awaiting()
  const paymentId = shop.provider.has(orderId, "authorised")
  expect(await shop.run()).toMatchObject({ ...nothing, waiting: 1 })
  // The list is empty from here on: only what is watched is looked at.
  const empty = { ...shop.provider.records, madeBetween: async () => ({ payments: [], isLast: true }) }
  expect(await shop.run(empty)).toMatchObject({ ...nothing, waiting: 1 })
  await shop.orders.change(orderId, ["cancelOrder", { reason: { code: "test", detail: "A test." } }])
  expect(await shop.run(empty)).toMatchObject({ ...nothing, voided: 1 })
  expect([shop.provider.released, await watched()]).toEqual([[paymentId], []])
  expect(await shop.run(empty)).toMatchObject(nothing)
})

test("one that the provider does not let go holds no other up, and is tried again", async () => {
  const [stuck, free] = [await shop.orders.cancelled(), await shop.orders.cancelled()]
  const stuckId = shop.provider.has(stuck, "captured")
  shop.provider.has(free, "captured")
  const release: ProviderRecords["release"] = async (payment) => {
    if (payment.paymentId === stuckId) throw new Error("the charge is disputed")
    await shop.provider.records.release(payment)
  }
  expect(await shop.run({ ...shop.provider.records, release })).toMatchObject({
    ...nothing,
    refunded: 1,
    alarms: 1,
  })
  expect(await watched()).toEqual([stuckId])
  expect(await shop.run()).toMatchObject({ refunded: 1, alarms: 0 })
})

test("a list of many pages is followed page by page; a run that breaks off is continued where it stood", async () => {
  const ids = Array.from({ length: 250 }, newId)
  for (const orderId of ids) shop.provider.has(orderId, "declined")
  const asked: (string | undefined)[] = []
  const breaking: ProviderRecords["madeBetween"] = async (from, to, after, limit) => {
    asked.push(after)
    if (asked.length === 2) throw new Error("the process dies")
    return await shop.provider.records.madeBetween(from, to, after, limit)
  }
  const records = { ...shop.provider.records, madeBetween: breaking }
  await shop.run(records)
  const until = await shop.ordering.ports.paymentWatch.until()
  expect(until).toMatchObject({ to: expect.any(Date), after: `pi_${ids[150]}` })
  expect(await shop.run(records)).toMatchObject({ ...nothing, right: 150 })
  // The last one is about what was made since.
  expect(asked).toEqual([undefined, ...Array(2).fill(`pi_${ids[150]}`), `pi_${ids[50]}`, undefined])
  expect(await shop.ordering.ports.paymentWatch.until()).toEqual({ from: expect.any(Date) })
})

test("payments of nobody here are left alone; a customer may not ask for this", async () => {
  const foreign = { paymentId: "pi_foreign", status: "captured", captured: usd(1) } as const
  const madeBetween = async () => ({ payments: [foreign], isLast: true })
  expect(await shop.run({ ...shop.provider.records, madeBetween })).toMatchObject(nothing)
  const other = { kind: "service" as const, id: "reports", roles: [] }
  expect(
    (await shop.ordering.appWith().as(other)("POST", "operations/payments/reconciliation", {})).status,
  ).toBe(403)
})
