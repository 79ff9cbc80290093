import { newId } from "@eshop/building-blocks/ids"
import { PaymentReported } from "@eshop/domain/contracts/ordering-events"
import { usd } from "@eshop/domain/kernel/money"
import type { RefundOutcome } from "@eshop/domain/payment/payment"
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { recordsInMemory } from "../../../../tests/payments/provider.ts"
import { operator, orderingOn } from "../testing/ordering.ts"
import type { RefundRecord } from "./ports.ts"
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
})

const app = () => ordering.appWith({ providerRecords: provider.records })
const run = async () => {
  const asked = app()
  const { body } = await asked.as(operator)("POST", "operations/payments/reconciliation", {})
  alarms.push(...asked.lines("error").map(({ alarm }) => String(alarm)))
  return body
}
/** From the time that was settled on again, as a run that was broken off before it kept its place. */
const runAnew = async () => {
  await ordering.store.pool.query("TRUNCATE provider_reconciliation")
  return await run()
}
const nothing = { right: 0, waiting: 0, voided: 0, refunded: 0, noted: 0, alarms: 0 }
const PAID_BACK = usd(10_00)

/** Somebody pays back a part of an order on the provider's pages. */
function madeAtProvider(orderId: string, more: Partial<RefundRecord> = {}): string {
  const providerRefundId = `re_${newId()}`
  const outcome: RefundOutcome = { type: "refunded", providerRefundId }
  const paymentId = `pi_${orderId}`
  provider.refunds.set(providerRefundId, {
    providerRefundId,
    paymentId,
    orderId,
    amount: PAID_BACK,
    outcome,
    ...more,
  })
  return providerRefundId
}
const report = (orderId: string, providerRefundId: string) =>
  app().publish(PaymentReported, {
    orderId,
    paymentId: `pi_${orderId}`,
    providerEventId: `evt_${newId()}`,
    report: { type: "refund-settled", providerRefundId, outcome: "succeeded" },
  })
const refundsOf = async (orderId: string) => {
  const order = await shop.orderOf(orderId)
  return order && "payment" in order
    ? order.payment.refunds.map((one) => [one.amount.amount, one.reason, one.status])
    : []
}
const noted = [PAID_BACK.amount, "provider.refunded", "settled"]
const watched = async () => (await ordering.ports.refundWatch.watched(100)).map(({ id }) => id)

test("a refund of which no report comes is noted, once, however often it is looked for", async () => {
  const orderId = await shop.paid()
  madeAtProvider(orderId)
  expect(await run()).toMatchObject({ ...nothing, noted: 1 })
  expect(await runAnew()).toMatchObject({ ...nothing, right: 1 })
  expect(await run()).toMatchObject(nothing)
  expect([await refundsOf(orderId), await watched()]).toEqual([[noted], []])
})

test("a report that comes late finds it noted", async () => {
  const orderId = await shop.paid()
  const refundId = madeAtProvider(orderId)
  expect(await run()).toMatchObject({ ...nothing, noted: 1 })
  for (let said = 0; said < 2; said++) await report(orderId, refundId)
  expect(await refundsOf(orderId)).toEqual([noted])
})

test("a report that came first has noted it", async () => {
  const orderId = await shop.paid()
  await report(orderId, madeAtProvider(orderId))
  expect(await run()).toMatchObject({ ...nothing, right: 1 })
  expect(await refundsOf(orderId)).toEqual([noted])
})

test("reports and two runs at the same moment note each of 20 refunds once", async () => {
  const orders = await Promise.all(Array.from({ length: 20 }, () => shop.paid()))
  const refunds = orders.map((orderId) => [orderId, madeAtProvider(orderId)] as const)
  const [first, second] = await Promise.all([
    run(),
    run(),
    ...refunds.map(([orderId, refundId]) => report(orderId, refundId)),
  ])
  for (const one of [first, second]) expect(one.noted + one.right).toBe(20)
  expect(await Promise.all(orders.map(refundsOf))).toEqual(Array(20).fill([noted]))
})

test("one that the bank has not decided is looked at until it has, and then noted or forgotten", async () => {
  const [paysId, refusesId] = [await shop.paid(), await shop.paid()]
  const pending = { outcome: { type: "pending", providerRefundId: "" } } as const
  const ids = [madeAtProvider(paysId, pending), madeAtProvider(refusesId, pending)] as const
  expect(await run()).toMatchObject({ ...nothing, waiting: 2 })
  expect((await watched()).sort()).toEqual([...ids].sort())
  const become = (id: string, outcome: RefundOutcome) =>
    provider.refunds.set(id, { ...(provider.refunds.get(id) as RefundRecord), outcome })
  become(ids[0], { type: "refunded", providerRefundId: ids[0] })
  become(ids[1], { type: "refused", code: "expired_or_canceled_card" })
  expect(await run()).toMatchObject({ ...nothing, noted: 1, right: 1 })
  expect([await refundsOf(paysId), await refundsOf(refusesId), await watched()]).toEqual([[noted], [], []])
})

test("the shop's own refund, one of another payment and one of no order here are left alone", async () => {
  const orderId = await shop.paid()
  madeAtProvider(orderId, { refundId: newId() })
  madeAtProvider(orderId, { paymentId: "pi_second" })
  madeAtProvider(newId())
  const { orderId: _, ...foreign } = { ...(provider.refunds.values().next().value as RefundRecord) }
  provider.refunds.set("re_foreign", { ...foreign, providerRefundId: "re_foreign" })
  expect(await run()).toMatchObject({ ...nothing, right: 1 })
  expect([await refundsOf(orderId), await watched(), alarms]).toEqual([[], [], []])
})

test("one that does not fit waits for a refund of the order's own, and is an alarm without one", async () => {
  const [waitsId, tooMuchId] = [await shop.paid(), await shop.paid()]
  const { total } = (await shop.orderOf(waitsId)) as { total: typeof PAID_BACK }
  const refundId = newId()
  await shop.change(waitsId, ["requestRefund", { refundId, amount: total, reason: "goodwill" }])
  madeAtProvider(waitsId, { amount: total })
  madeAtProvider(tooMuchId, { amount: usd(total.amount + 1) })
  expect(await run()).toMatchObject({ ...nothing, waiting: 1, alarms: 1 })
  expect([alarms, await refundsOf(tooMuchId)]).toEqual([["payment-mismatch"], []])
  await shop.change(waitsId, ["failRefund", { refundId, code: "charge_already_refunded" }])
  expect(await run()).toMatchObject({ ...nothing, noted: 1 })
  expect((await refundsOf(waitsId)).map(([, , status]) => status)).toEqual(["failed", "settled"])
})

test("one of an order whose payment is not decided waits for that", async () => {
  const orderId = await shop.awaiting()
  madeAtProvider(orderId)
  expect(await run()).toMatchObject({ ...nothing, waiting: 1 })
  const { total } = (await shop.orderOf(orderId)) as { total: typeof PAID_BACK }
  await shop.change(orderId, ["payOrder", { paymentId: `pi_${orderId}`, captured: total }])
  expect(await run()).toMatchObject({ ...nothing, noted: 1 })
  expect(await refundsOf(orderId)).toEqual([noted])
})
