import { newId } from "@eshop/building-blocks/ids"
import { PaymentReported } from "@eshop/domain/contracts/ordering-events"
import { usd } from "@eshop/domain/kernel/money"
import type { PaidOrder } from "@eshop/domain/ordering/order"
import { describe, expect, test } from "vitest"
import { eventOf, providerEvents, signed } from "../../../../tests/payments/provider.ts"
import type { ProviderEvent } from "./ports.ts"
import { nothing, reconciledShop } from "./testing/reconciled-shop.ts"

const shop = reconciledShop()

/** Something that became known at the provider, as its list and its webhook tell it, and what an order then says. */
type Fact = {
  readonly event: object
  readonly reported: ProviderEvent
  readonly says: () => Promise<unknown>
}

/** The bank sends back a refund that had succeeded. */
async function refundComesBack(orderId: string): Promise<Fact> {
  const [refundId, providerRefundId] = [newId(), `re_${newId()}`]
  const amount = usd(10_00)
  await shop.orders.change(
    orderId,
    ["requestRefund", { refundId, amount, reason: "customer.withdrew" }],
    ["settleRefund", { refundId, providerRefundId }],
  )
  const paymentId = shop.provider.has(orderId, "captured")
  const outcome = { type: "refused", code: "lost_or_stolen_card" } as const
  shop.provider.refunds.set(providerRefundId, {
    providerRefundId,
    paymentId,
    orderId,
    refundId,
    amount,
    outcome,
  })
  const metadata = { order_id: orderId, refund_id: refundId }
  const event = eventOf("refund.failed", {
    ...{ id: providerRefundId, object: "refund", status: "failed", failure_reason: outcome.code },
    ...{ payment_intent: paymentId, metadata },
  })
  const report = { type: "refund-settled", providerRefundId, refundId, outcome: "failed" } as const
  const about = { paymentId, orderId, report }
  const says = async () => {
    const { payment } = (await shop.orders.orderOf(orderId)) as PaidOrder
    return payment.refunds.map((one) => [one.status, "code" in one && one.code])
  }
  return { event, reported: { id: event.id, type: event.type, about }, says }
}

/** @param outcome how the dispute stands by now */
async function disputed(orderId: string, outcome: "open" | "won" | "lost"): Promise<Fact> {
  const paymentId = shop.provider.has(orderId, "captured")
  const disputeId = `dp_${newId()}`
  const amount = usd(30_00)
  const reason = "fraudulent"
  shop.provider.disputes.set(disputeId, { disputeId, paymentId, amount, reason, outcome })
  const event = eventOf(outcome === "open" ? "charge.dispute.created" : "charge.dispute.closed", {
    ...{ id: disputeId, object: "dispute", status: outcome === "open" ? "needs_response" : outcome, reason },
    ...{ amount: amount.amount, currency: "usd", payment_intent: paymentId },
  })
  const about = { paymentId, report: { type: "disputed", disputeId, amount, reason, outcome } } as const
  const says = async () => {
    const { payment } = (await shop.orders.orderOf(orderId)) as PaidOrder
    return payment.disputes.map((one) => one.status)
  }
  return { event, reported: { id: event.id, type: event.type, about }, says }
}

const facts = [
  ["a refund that comes back", refundComesBack, [["failed", "lost_or_stolen_card"]], 1],
  ["a dispute", (orderId: string) => disputed(orderId, "open"), ["open"], 0],
  ["a dispute that was won", (orderId: string) => disputed(orderId, "won"), ["won"], 0],
  ["a dispute that was lost", (orderId: string) => disputed(orderId, "lost"), ["lost"], 0],
] as const

/** The provider's webhook comes. */
const arrives = async ({ event }: Fact): Promise<boolean> => {
  const { body, headers } = signed(event)
  const app = shop.ordering.appWith({ providerEvents, providerRecords: shop.provider.records })
  const answer = await app.as({ kind: "anonymous" })("POST", "payments/webhook", body, headers)
  return answer.body.received
}
/** What the reconciler took is consumed, twice. */
async function consume(orderId: string): Promise<void> {
  const reports = await shop.orders.reportsOf(orderId)
  for (const report of [...reports, ...reports])
    await shop.within(shop.provider.records, (app) => app.publish(PaymentReported, report))
}

describe.each(facts)("%s", (_, happen, becomes, alarms) => {
  async function happened() {
    const orderId = await shop.orders.paid()
    const fact = await happen(orderId)
    shop.provider.reports.push(fact.reported)
    return { orderId, fact }
  }
  /** The order has heard of it once. */
  async function isKnown(orderId: string, fact: Fact) {
    expect(await shop.orders.reportsOf(orderId)).toHaveLength(1)
    await consume(orderId)
    expect(await fact.says()).toEqual(becomes)
    const types = (await shop.ordering.ports.orders.events(orderId)).map(({ type }) => type)
    expect(types.filter((type) => /^Dispute|RefundFailed/.test(type))).toEqual(
      alarms
        ? ["RefundFailed"]
        : becomes[0] === "open"
          ? ["DisputeOpened"]
          : ["DisputeOpened", "DisputeClosed"],
    )
    expect(shop.alarms).toEqual(Array(alarms).fill("refund-failed"))
  }

  test("of which no report comes is found by the reconciler, once", async () => {
    const { orderId, fact } = await happened()
    expect(await shop.run()).toMatchObject({ ...nothing, right: 1, reported: 1 })
    expect(await shop.runAnew()).toMatchObject({ ...nothing, right: 2 })
    expect(await shop.run()).toMatchObject(nothing)
    await isKnown(orderId, fact)
  })

  test("whose report comes before, and again after, is known", async () => {
    const { orderId, fact } = await happened()
    expect([await arrives(fact), await arrives(fact)]).toEqual([true, false])
    expect(await shop.run()).toMatchObject({ ...nothing, right: 2 })
    expect(await arrives(fact)).toBe(false)
    await isKnown(orderId, fact)
  })

  test("whose report comes late finds that it was taken", async () => {
    const { orderId, fact } = await happened()
    expect(await shop.run()).toMatchObject({ ...nothing, right: 1, reported: 1 })
    expect([await arrives(fact), await arrives(fact)]).toEqual([false, false])
    await isKnown(orderId, fact)
  })

  test("whose report comes at the moment of two runs is taken once", async () => {
    const { orderId, fact } = await happened()
    const [first, second, ...arrived] = await Promise.all([
      shop.run(),
      shop.run(),
      arrives(fact),
      arrives(fact),
    ])
    expect(first.reported + second.reported + arrived.filter(Boolean).length).toBe(1)
    await isKnown(orderId, fact)
  })
})

test("one whose run dies on the way is taken by the next", async () => {
  const orderId = await shop.orders.paid()
  const fact = await disputed(orderId, "open")
  shop.provider.reports.push(fact.reported)
  const find = () => Promise.reject(new Error("the process dies"))
  expect(await shop.run({ ...shop.provider.records, find })).toMatchObject({ status: 500 })
  expect(await shop.orders.reportsOf(orderId)).toEqual([])
  expect(await shop.run()).toMatchObject({ ...nothing, reported: 1 })
  await consume(orderId)
  expect(await fact.says()).toEqual(["open"])
})

test("what is about no order here, or tells nothing that the shop can use, changes nothing", async () => {
  const fact = await disputed(newId(), "open")
  shop.provider.reports.push(fact.reported, { id: "evt_other", type: "refund.failed" })
  const waiting = async () => (await shop.ordering.store.pool.query("SELECT count(*) FROM outbox")).rows
  const before = await waiting()
  // The payment itself is the alarm: it is captured, and of no order.
  expect(await shop.run()).toMatchObject({ ...nothing, right: 2, alarms: 1 })
  expect(await waiting()).toEqual(before)
})
