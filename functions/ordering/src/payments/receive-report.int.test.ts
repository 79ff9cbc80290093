import { newId } from "@eshop/building-blocks/ids"
import { usd } from "@eshop/domain/kernel/money"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import {
  eventOf,
  intentOf,
  oldSecret,
  providerEvents,
  recordsInMemory,
  signed,
} from "../../../../tests/payments/provider.ts"
import { orderingOn } from "../testing/ordering.ts"
import { paymentOrders } from "./testing/orders.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>
let shop: ReturnType<typeof paymentOrders>

beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
  shop = paymentOrders(ordering)
})
afterAll(() => ordering?.store.close())

const provider = recordsInMemory()
const app = () => ordering.appWith({ providerEvents, providerRecords: provider.records })
const send = (webhook: { body: Buffer; headers: Record<string, string> }, to = app()) =>
  to.as({ kind: "anonymous" })("POST", "payments/webhook", webhook.body, webhook.headers)
const authorised = (orderId: string) =>
  eventOf("payment_intent.amount_capturable_updated", intentOf(orderId, "requires_capture"))
const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000)

describe("a signature", () => {
  test("of the newest secret, or of one that is being replaced, lets a report in", async () => {
    const orderId = await shop.awaiting()
    const event = authorised(orderId)
    expect(await send(signed(event))).toMatchObject({ status: 200, body: { received: true } })
    const other = authorised(orderId)
    expect(await send(signed(other, oldSecret))).toMatchObject({ status: 200, body: { received: true } })
    expect(await shop.reportsOf(orderId)).toEqual(
      [event, other].map(({ id: providerEventId }) => ({
        orderId,
        paymentId: `pi_${orderId}`,
        providerEventId,
        report: { type: "authorised" },
      })),
    )
  })

  test("of somebody else, of other bytes, of five minutes ago, or none, changes nothing", async () => {
    const orderId = await shop.awaiting()
    const event = authorised(orderId)
    const right = signed(event)
    const forged = [
      signed(event, "whsec_of_another"),
      { ...right, body: Buffer.from(right.body.toString().replace("requires_capture", "succeeded")) },
      signed(event, undefined, ago(302)),
      { ...right, headers: {} },
      { ...right, headers: { "stripe-signature": "t=now,v1=" } },
      { ...right, body: Buffer.alloc(0) },
    ]
    for (const webhook of forged)
      expect(await send(webhook)).toMatchObject({
        status: 403,
        body: { type: "urn:eshop:problem:payment-report.not-signed" },
      })
    expect(await shop.reportsOf(orderId)).toEqual([])
    expect((await send(signed(event, undefined, ago(295)))).status).toBe(200)
  })

  test("does not make sense of what has another shape than the provider's events", async () => {
    const orderId = await shop.awaiting()
    const { data, ...event } = authorised(orderId)
    const intent = intentOf(orderId, "requires_capture")
    const misshapen: object[] = [
      [],
      event,
      { ...event, id: { $ne: "" }, data },
      { ...event, data: { object: null } },
      ...[{ id: "" }, { currency: undefined }, { amount_received: "all" }, { metadata: "order" }].map(
        (wrong) => ({
          ...event,
          data: { object: { ...intent, ...wrong } },
        }),
      ),
      eventOf("charge.dispute.closed", {
        id: "dp_1",
        amount: 1,
        currency: "usd",
        reason: null,
        status: "won",
      }),
      eventOf("refund.updated", { id: "re_1", payment_intent: {}, metadata: null, status: "failed" }),
    ]
    for (const report of misshapen)
      expect(await send(signed(report)), JSON.stringify(report)).toMatchObject({
        status: 422,
        body: { type: "urn:eshop:problem:payment-report.unreadable" },
      })
    expect(await shop.reportsOf(orderId)).toEqual([])
  })

  test("is not asked for of a body that is too large or of another kind", async () => {
    const large = signed({ ...authorised(newId()), much: "x".repeat(262_144) })
    expect((await send(large)).status).toBe(413)
    const { body, headers } = signed(authorised(newId()))
    expect((await send({ body, headers: { ...headers, "content-type": "text/plain" } })).status).toBe(415)
  })
})

test("a report counts once, however often and in however many processes it comes", async () => {
  const orderId = await shop.awaiting()
  const webhook = signed(authorised(orderId))
  const apps = [app(), app()]
  const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => send(webhook, apps[n % 2])))
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
  expect(answers.filter(({ body }) => body.received)).toHaveLength(1)
  expect(await shop.reportsOf(orderId)).toHaveLength(1)
})

describe("what is taken and ignored", () => {
  const ignored = { status: 200, body: { received: false } }

  test.each([
    ["an event of another type", () => eventOf("customer.created", { id: "cus_1", object: "customer" })],
    ["a payment of no order", () => eventOf("payment_intent.succeeded", intentOf(newId(), "succeeded"))],
    [
      "a payment without metadata",
      () => eventOf("payment_intent.succeeded", { ...intentOf(newId(), "succeeded"), metadata: {} }),
    ],
    [
      "a dispute of a charge without a payment",
      () =>
        eventOf("charge.dispute.created", {
          ...{ id: "dp_1", status: "needs_response", reason: "general" },
          ...{ amount: 1, currency: "usd", payment_intent: null },
        }),
    ],
    [
      "a payment in a currency that the shop does not take",
      () => eventOf("payment_intent.succeeded", { ...intentOf(newId(), "succeeded"), currency: "eur" }),
    ],
  ])("%s", async (_, event) => {
    const waiting = async () => (await ordering.store.pool.query("SELECT count(*) FROM outbox")).rows
    const before = await waiting()
    expect(await send(signed(event()))).toMatchObject(ignored)
    expect(await waiting()).toEqual(before)
  })

  test("what the saga's own request brought about, and a capture that the order knows", async () => {
    const [orderId, paidId] = [await shop.awaiting(), await shop.paid()]
    const request = { id: "req_1", idempotency_key: `${orderId}-authorise` }
    expect(await send(signed({ ...authorised(orderId), request }))).toMatchObject(ignored)
    // Also before the order is marked as paid: its saga has the answer, or asks until it has one.
    const capture = { id: "req_2", idempotency_key: `${orderId}-capture` }
    const captured = eventOf("payment_intent.succeeded", intentOf(orderId, "succeeded"))
    expect(await send(signed({ ...captured, request: capture }))).toMatchObject(ignored)
    const known = eventOf("payment_intent.succeeded", intentOf(paidId, "succeeded"))
    expect(await send(signed(known))).toMatchObject(ignored)
    const another = eventOf("payment_intent.succeeded", intentOf(paidId, "succeeded", { id: "pi_another" }))
    expect((await send(signed(another))).body).toEqual({ received: true })
    expect([await shop.reportsOf(orderId), await shop.reportsOf(paidId)]).toMatchObject([
      [],
      [{ paymentId: "pi_another", report: { type: "captured", amount: usd(30_00) } }],
    ])
  })
})

test("a capture of the shop's own, of an order that has ended without it, is told", async () => {
  const orderId = await shop.cancelled()
  const request = { id: "req_1", idempotency_key: `${orderId}-capture` }
  const captured = eventOf("payment_intent.succeeded", intentOf(orderId, "succeeded"))
  expect((await send(signed({ ...captured, request }))).body).toEqual({ received: true })
  expect(await shop.reportsOf(orderId)).toMatchObject([{ report: { type: "captured", amount: usd(30_00) } }])
})

test("each kind of report is told in the shop's words", async () => {
  const orderId = await shop.awaiting()
  const refundId = newId()
  const paymentId = provider.has(orderId, "captured")
  const refund = { id: "re_1", payment_intent: paymentId, status: "failed", failure_reason: "lost_card" }
  const metadata = { order_id: orderId, refund_id: refundId }
  const dispute = {
    id: "dp_1",
    payment_intent: paymentId,
    amount: 30_00,
    currency: "usd",
    reason: "fraudulent",
  }
  for (const event of [
    eventOf(
      "payment_intent.payment_failed",
      intentOf(orderId, "requires_payment_method", { last_payment_error: { code: "expired_card" } }),
    ),
    eventOf("payment_intent.succeeded", intentOf(orderId, "succeeded")),
    eventOf("payment_intent.canceled", intentOf(orderId, "canceled")),
    eventOf("refund.updated", { ...refund, metadata }),
    // Made on the provider's pages: whose order it is, its payment knows.
    eventOf("refund.updated", { ...refund, metadata: {} }),
    eventOf("charge.dispute.created", { ...dispute, status: "needs_response" }),
    eventOf("charge.dispute.closed", { ...dispute, status: "lost" }),
  ])
    expect((await send(signed(event))).status).toBe(200)
  const disputed = { type: "disputed", disputeId: "dp_1", amount: usd(30_00), reason: "fraudulent" }
  expect((await shop.reportsOf(orderId)).map(({ report }) => report)).toEqual([
    { type: "declined", code: "expired_card" },
    { type: "captured", amount: usd(30_00) },
    { type: "cancelled" },
    { type: "refund-settled", providerRefundId: "re_1", refundId, outcome: "failed" },
    { type: "refund-settled", providerRefundId: "re_1", outcome: "failed" },
    { ...disputed, outcome: "open" },
    { ...disputed, outcome: "lost" },
  ])
})

describe("a refund", () => {
  const refundOf = (orderId: string, metadata: object) => ({
    ...{ id: "re_1", object: "refund", status: "succeeded", amount: 10_00, currency: "usd" },
    ...{ payment_intent: `pi_${orderId}`, metadata },
  })

  test("that somebody makes at the provider is told of the payment's order, though it does not name it", async () => {
    const orderId = await shop.paid()
    provider.has(orderId, "captured")
    const answer = await send(signed(eventOf("refund.created", refundOf(orderId, {}))))
    expect([answer.status, answer.body]).toEqual([200, { received: true }])
    const report = { type: "refund-settled", providerRefundId: "re_1", outcome: "succeeded" }
    expect(await shop.reportsOf(orderId)).toMatchObject([{ paymentId: `pi_${orderId}`, report }])
  })

  test("of the shop's own is answered where it was asked for", async () => {
    const orderId = await shop.paid()
    const asked = eventOf("refund.created", refundOf(orderId, { order_id: orderId, refund_id: newId() }))
    const request = { id: "req_1", idempotency_key: `${orderId}-refund` }
    const undone = eventOf("refund.created", refundOf(orderId, { order_id: orderId }), { request })
    for (const event of [asked, undone]) expect((await send(signed(event))).body).toEqual({ received: false })
    expect(await shop.reportsOf(orderId)).toEqual([])
  })
})
