import { newId } from "@eshop/building-blocks/ids"
import { PaymentReported } from "@eshop/domain/contracts/ordering-events"
import { usd } from "@eshop/domain/kernel/money"
import type { RefundOutcome } from "@eshop/domain/payment/payment"
import { expect, test } from "vitest"
import type { RefundRecord } from "./ports.ts"
import { nothing, reconciledShop } from "./testing/reconciled-shop.ts"

const shop = reconciledShop()
const PAID_BACK = usd(10_00)

/** Somebody pays back a part of an order on the provider's pages. */
function madeAtProvider(orderId: string, more: Partial<RefundRecord> = {}): string {
  const providerRefundId = `re_${newId()}`
  const outcome: RefundOutcome = { type: "refunded", providerRefundId }
  const paymentId = `pi_${orderId}`
  shop.provider.refunds.set(providerRefundId, {
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
  shop.within(shop.provider.records, (app) =>
    app.publish(PaymentReported, {
      orderId,
      paymentId: `pi_${orderId}`,
      providerEventId: `evt_${newId()}`,
      report: { type: "refund-settled", providerRefundId, outcome: "succeeded" },
    }),
  )
const refundsOf = async (orderId: string) => {
  const order = await shop.orders.orderOf(orderId)
  return order && "payment" in order
    ? order.payment.refunds.map((one) => [one.amount.amount, one.reason, one.status])
    : []
}
const noted = [PAID_BACK.amount, "provider.refunded", "settled"]
const watched = async () => (await shop.ordering.ports.refundWatch.watched(100)).map(({ id }) => id)

test("a refund of which no report comes is noted, once, however often it is looked for", async () => {
  const orderId = await shop.orders.paid()
  madeAtProvider(orderId)
  expect(await shop.run()).toMatchObject({ ...nothing, noted: 1 })
  expect(await shop.runAnew()).toMatchObject({ ...nothing, right: 1 })
  expect(await shop.run()).toMatchObject(nothing)
  expect([await refundsOf(orderId), await watched()]).toEqual([[noted], []])
})

test("a report that comes late finds it noted", async () => {
  const orderId = await shop.orders.paid()
  const refundId = madeAtProvider(orderId)
  expect(await shop.run()).toMatchObject({ ...nothing, noted: 1 })
  for (let said = 0; said < 2; said++) await report(orderId, refundId)
  expect(await refundsOf(orderId)).toEqual([noted])
})

test("a report that came first has noted it", async () => {
  const orderId = await shop.orders.paid()
  await report(orderId, madeAtProvider(orderId))
  expect(await shop.run()).toMatchObject({ ...nothing, right: 1 })
  expect(await refundsOf(orderId)).toEqual([noted])
})

test("reports and two runs at the same moment note each of 20 refunds once", async () => {
  const orders = await Promise.all(Array.from({ length: 20 }, () => shop.orders.paid()))
  const refunds = orders.map((orderId) => [orderId, madeAtProvider(orderId)] as const)
  const [first, second] = await Promise.all([
    shop.run(),
    shop.run(),
    ...refunds.map(([orderId, refundId]) => report(orderId, refundId)),
  ])
  for (const one of [first, second]) expect(one.noted + one.right).toBe(20)
  expect(await Promise.all(orders.map(refundsOf))).toEqual(Array(20).fill([noted]))
})

test("one that the bank has not decided is looked at until it has, and then noted or forgotten", async () => {
  const [paysId, refusesId] = [await shop.orders.paid(), await shop.orders.paid()]
  const pending = { outcome: { type: "pending", providerRefundId: "" } } as const
  const ids = [madeAtProvider(paysId, pending), madeAtProvider(refusesId, pending)] as const
  expect(await shop.run()).toMatchObject({ ...nothing, waiting: 2 })
  expect((await watched()).sort()).toEqual([...ids].sort())
  const become = (id: string, outcome: RefundOutcome) =>
    shop.provider.refunds.set(id, { ...(shop.provider.refunds.get(id) as RefundRecord), outcome })
  become(ids[0], { type: "refunded", providerRefundId: ids[0] })
  become(ids[1], { type: "refused", code: "expired_or_canceled_card" })
  expect(await shop.run()).toMatchObject({ ...nothing, noted: 1, right: 1 })
  expect([await refundsOf(paysId), await refundsOf(refusesId), await watched()]).toEqual([[noted], [], []])
})

test("the shop's own refund, one of another payment and one of no order here are left alone", async () => {
  const orderId = await shop.orders.paid()
  madeAtProvider(orderId, { refundId: newId() })
  madeAtProvider(orderId, { paymentId: "pi_second" })
  madeAtProvider(newId())
  const { orderId: _, ...foreign } = { ...(shop.provider.refunds.values().next().value as RefundRecord) }
  shop.provider.refunds.set("re_foreign", { ...foreign, providerRefundId: "re_foreign" })
  expect(await shop.run()).toMatchObject({ ...nothing, right: 1 })
  expect([await refundsOf(orderId), await watched(), shop.alarms]).toEqual([[], [], []])
})

test("one that does not fit waits for a refund of the order's own, and is an alarm without one", async () => {
  const [waitsId, tooMuchId] = [await shop.orders.paid(), await shop.orders.paid()]
  const { total } = (await shop.orders.orderOf(waitsId)) as { total: typeof PAID_BACK }
  const refundId = newId()
  await shop.orders.change(waitsId, ["requestRefund", { refundId, amount: total, reason: "goodwill" }])
  madeAtProvider(waitsId, { amount: total })
  madeAtProvider(tooMuchId, { amount: usd(total.amount + 1) })
  expect(await shop.run()).toMatchObject({ ...nothing, waiting: 1, alarms: 1 })
  expect([shop.alarms, await refundsOf(tooMuchId)]).toEqual([["payment-mismatch"], []])
  await shop.orders.change(waitsId, ["failRefund", { refundId, code: "charge_already_refunded" }])
  expect(await shop.run()).toMatchObject({ ...nothing, noted: 1 })
  expect((await refundsOf(waitsId)).map(([, , status]) => status)).toEqual(["failed", "settled"])
})

test("one of an order whose payment is not decided waits for that", async () => {
  const orderId = await shop.orders.awaiting()
  madeAtProvider(orderId)
  expect(await shop.run()).toMatchObject({ ...nothing, waiting: 1 })
  const { total } = (await shop.orders.orderOf(orderId)) as { total: typeof PAID_BACK }
  await shop.orders.change(orderId, ["payOrder", { paymentId: `pi_${orderId}`, captured: total }])
  expect(await shop.run()).toMatchObject({ ...nothing, noted: 1 })
  expect(await refundsOf(orderId)).toEqual([noted])
})
