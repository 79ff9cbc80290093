import type { Sagas } from "@eshop/building-blocks/durable/saga-client"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import { newId } from "@eshop/building-blocks/ids"
import { PaymentReported } from "@eshop/domain/contracts/ordering-events"
import { usd } from "@eshop/domain/kernel/money"
import type { PaidOrder } from "@eshop/domain/ordering/order"
import type { RefundOutcome } from "@eshop/domain/payment/payment"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { newDatabase } from "../../../../tests/fixtures/new-database.ts"
import { recordsInMemory } from "../../../../tests/payments/provider.ts"
import { orderingOn } from "../testing/ordering.ts"
import type { Report } from "./ports.ts"
import { paymentOrders } from "./testing/orders.ts"

let ordering: Awaited<ReturnType<typeof orderingOn>>
let shop: ReturnType<typeof paymentOrders>

beforeAll(async () => {
  ordering = await orderingOn(await newDatabase("ordering"))
  shop = paymentOrders(ordering)
})
afterAll(() => ordering?.store.close())

let alarms: string[]
beforeEach(() => {
  alarms = []
  refundIs = { type: "pending", providerRefundId: "re_1" }
})

const provider = recordsInMemory()
let refundIs: RefundOutcome
/** Sagas that have ended, or were never there. */
const gone: Pick<Sagas, "status" | "raise"> = { status: async () => undefined, raise: async () => false }

/** Delivers a report twice. */
async function report(orderId: string, report: Report, options: { sagas?: typeof gone } = {}) {
  const app = ordering.appWith({
    providerRecords: provider.records,
    payments: { ...ordering.ports.payments, checkRefund: async () => refundIs },
    sagas: { ...ordering.sagas, ...options.sagas },
  })
  const reported = { orderId, paymentId: `pi_${orderId}`, providerEventId: `evt_${newId()}`, report }
  const id = await app.publish(PaymentReported, reported)
  await app.publish(PaymentReported, reported, id)
  alarms.push(...app.lines("error").flatMap(({ alarm }) => (alarm === undefined ? [] : String(alarm))))
  return app
}
const raised = (id: string) => ordering.sagas.raisedFor(id)
const parked = async (orderId: string) =>
  (await ordering.store.parked.list(1_000))
    .filter(({ body }) => JSON.stringify(body).includes(orderId))
    .map(({ reason }) => reason)

describe("a report of a payment", () => {
  test("is a reason to ask the provider: the saga hears what that says, whatever the report said", async () => {
    const orderId = await shop.awaiting()
    provider.has(orderId, "captured")
    await report(orderId, { type: "authorised" })
    const heard = { paymentId: `pi_${orderId}`, report: { type: "captured", amount: usd(30_00) } }
    const event = { id: orderId, event: "payment-reported", data: heard }
    expect(raised(orderId)).toEqual([event, event])
    expect([await shop.watched(), alarms]).toEqual([[], []])
  })

  test("of which the provider knows no decision yet is heard by nobody", async () => {
    const orderId = await shop.awaiting()
    provider.has(orderId, "open")
    await report(orderId, { type: "authorised" })
    expect(raised(orderId)).toEqual([])
  })

  test("whose saga is gone is an alarm when it is captured, and the reconciler's", async () => {
    const [capturedId, authorisedId, paidId, cancelledId] = [
      await shop.awaiting(),
      await shop.awaiting(),
      await shop.paid(),
      await shop.cancelled(),
    ]
    for (const orderId of [capturedId, paidId]) provider.has(orderId, "captured")
    provider.has(authorisedId, "authorised")
    provider.has(cancelledId, "refunded")
    const captured = { type: "captured", amount: usd(30_00) } as const
    for (const orderId of [capturedId, authorisedId, paidId, cancelledId])
      await report(orderId, captured, { sagas: gone })
    expect((await shop.watched()).sort()).toEqual([`pi_${capturedId}`, `pi_${authorisedId}`].sort())
    expect(alarms).toEqual(["unexpected-capture", "unexpected-capture"])
    for (const orderId of [capturedId, authorisedId])
      await ordering.ports.paymentWatch.settled(`pi_${orderId}`)
  })

  test("waits while the provider is out", async () => {
    const orderId = await shop.awaiting()
    const find = async () => {
      throw new DependencyUnavailableError("payments")
    }
    const app = ordering.appWith({ providerRecords: { ...provider.records, find } })
    const reported = {
      orderId,
      paymentId: "pi_1",
      providerEventId: "evt_1",
      report: { type: "authorised" as const },
    }
    await expect(app.publish(PaymentReported, reported)).rejects.toThrow(DependencyUnavailableError)
    expect(await parked(orderId)).toEqual([])
  })
})

describe("a report of a refund", () => {
  const settled = (refundId?: string): Report => ({
    type: "refund-settled",
    providerRefundId: "re_1",
    ...(refundId && { refundId }),
    outcome: "succeeded",
  })
  const refundOf = async (orderId: string, refundId: string) => {
    const order = await shop.orderOf(orderId)
    const refunds = order && "payment" in order ? order.payment.refunds : []
    return refunds.find((one) => one.refundId === refundId)?.status
  }

  test("reaches its saga as the provider says it stands", async () => {
    const [orderId, refundId] = [await shop.paid(), newId()]
    const saga = `${orderId}-refund-${refundId}`
    await ordering.sagas.start({ name: "refund" } as never, saga, {})
    await report(orderId, settled(refundId))
    expect(raised(saga)).toEqual([])
    refundIs = { type: "refunded", providerRefundId: "re_1" }
    await report(orderId, settled(refundId))
    expect(raised(saga).map(({ data }) => data)).toEqual(
      Array(2).fill({ paymentId: `pi_${orderId}`, report: settled(refundId) }),
    )
  })

  test("that has failed waits for its saga, which may have heard of the success before", async () => {
    const [orderId, refundId] = [await shop.paid(), newId()]
    const saga = `${orderId}-refund-${refundId}`
    await shop.change(orderId, ["requestRefund", { refundId, amount: usd(10_00), reason: "goodwill" }])
    await ordering.sagas.start({ name: "refund" } as never, saga, {})
    refundIs = { type: "refused", code: "lost_or_stolen_card" }
    await expect(report(orderId, settled(refundId))).rejects.toThrow(DependencyUnavailableError)
    expect(raised(saga).map(({ data }) => data)).toEqual([
      { paymentId: `pi_${orderId}`, report: { ...settled(refundId), outcome: "failed" } },
    ])
    expect([await refundOf(orderId, refundId), await parked(orderId)]).toEqual(["requested", []])
    await shop.change(orderId, ["settleRefund", { refundId, providerRefundId: "re_1" }])
    ordering.sagas.stand(saga, { status: "completed", position: undefined })
    await report(orderId, settled(refundId))
    expect([await refundOf(orderId, refundId), alarms]).toEqual(["failed", ["refund-failed"]])
  })

  test("that came back after its saga had ended fails it all the same, once", async () => {
    const [orderId, refundId] = [await shop.paid(), newId()]
    const asked = { refundId, amount: usd(10_00), reason: "customer.withdrew" }
    await shop.change(
      orderId,
      ["requestRefund", asked],
      ["settleRefund", { refundId, providerRefundId: "re_1" }],
    )
    refundIs = { type: "refunded", providerRefundId: "re_1" }
    await report(orderId, settled(refundId))
    expect(await refundOf(orderId, refundId)).toBe("settled")
    refundIs = { type: "refused", code: "lost_or_stolen_card" }
    await report(orderId, settled(refundId))
    expect(await refundOf(orderId, refundId)).toBe("failed")
    const events = (await ordering.ports.orders.events(orderId)).map(({ type }) => type)
    expect(events.filter((type) => type === "RefundFailed")).toHaveLength(1)
    expect(alarms).toEqual(["refund-failed"])
  })

  describe("that somebody made on the provider's pages", () => {
    const providerRefundId = "re_1"
    const refunded: RefundOutcome = { type: "refunded", providerRefundId }
    const stands = (orderId: string, outcome: RefundOutcome, cents = 10_00, paymentId = `pi_${orderId}`) =>
      provider.refunds.set(providerRefundId, { providerRefundId, paymentId, amount: usd(cents), outcome })
    const typesOf = async (orderId: string) =>
      (await ordering.ports.orders.events(orderId)).map(({ type }) => type).slice(-3)

    test("is noted by the order, and failed when the bank sends it back", async () => {
      const orderId = await shop.paid()
      stands(orderId, refunded)
      await report(orderId, settled())
      const { payment } = (await shop.orderOf(orderId)) as PaidOrder
      expect(payment.refunds).toMatchObject([
        { amount: usd(10_00), reason: "provider.refunded", status: "settled", providerRefundId },
      ])
      stands(orderId, { type: "refused", code: "lost_or_stolen_card" })
      await report(orderId, settled())
      expect(await typesOf(orderId)).toEqual(["RefundRequested", "OrderRefunded", "RefundFailed"])
      expect(alarms).toEqual([])
    })

    test("changes nothing while it is pending, nor of an order that was cancelled unpaid", async () => {
      const [paidId, cancelledId] = [await shop.paid(), await shop.cancelled()]
      stands(cancelledId, refunded)
      await report(cancelledId, settled())
      stands(paidId, { type: "pending", providerRefundId })
      await report(paidId, settled())
      expect([await typesOf(paidId), await typesOf(cancelledId)]).toEqual([
        ["StockRequested", "StockConfirmed", "OrderPaid"],
        expect.not.arrayContaining(["RefundRequested"]),
      ])
    })

    test("of another payment than the order's is none of the order's", async () => {
      const orderId = await shop.paid()
      stands(orderId, refunded, 10_00, "pi_second")
      await report(orderId, settled())
      expect(await typesOf(orderId)).toEqual(["StockRequested", "StockConfirmed", "OrderPaid"])
      expect([await parked(orderId), alarms]).toEqual([[], []])
    })

    test("of more than the order has left is parked, with an alarm", async () => {
      const orderId = await shop.paid()
      const { captured } = ((await shop.orderOf(orderId)) as PaidOrder).payment
      stands(orderId, refunded, captured.amount + 1)
      await report(orderId, settled())
      expect([await parked(orderId), alarms]).toEqual([["refund.out-of-range"], ["payment-mismatch"]])
      expect(await typesOf(orderId)).toEqual(["StockRequested", "StockConfirmed", "OrderPaid"])
    })

    test("waits for a refund of the order's own that it has forestalled", async () => {
      const [orderId, refundId] = [await shop.paid(), newId()]
      const { captured } = ((await shop.orderOf(orderId)) as PaidOrder).payment
      stands(orderId, refunded, captured.amount)
      await shop.change(orderId, ["requestRefund", { refundId, amount: captured, reason: "goodwill" }])
      await expect(report(orderId, settled())).rejects.toThrow(DependencyUnavailableError)
      await shop.change(orderId, ["failRefund", { refundId, code: "charge_already_refunded" }])
      await report(orderId, settled())
      expect(await typesOf(orderId)).toEqual(["RefundFailed", "RefundRequested", "OrderRefunded"])
      expect([await parked(orderId), alarms]).toEqual([[], []])
    })

    test("waits until it is decided whether the order is paid", async () => {
      const orderId = await shop.awaiting()
      stands(orderId, refunded)
      await expect(report(orderId, settled())).rejects.toThrow(DependencyUnavailableError)
      expect(await parked(orderId)).toEqual([])
    })
  })
})

describe("a report of a dispute", () => {
  const disputed = (disputeId: string): Report => ({
    type: "disputed",
    disputeId,
    amount: usd(1),
    reason: "any",
    outcome: "open",
  })
  const stands = (disputeId: string, outcome: "open" | "won" | "lost") =>
    provider.disputes.set(disputeId, {
      disputeId,
      paymentId: "pi_1",
      amount: usd(20_00),
      reason: "fraudulent",
      outcome,
    })
  const disputesOf = async (orderId: string) => {
    const order = await shop.orderOf(orderId)
    return order && "payment" in order
      ? order.payment.disputes.map(({ disputeId, amount, status }) => [disputeId, amount.amount, status])
      : []
  }

  test("opens it, and closes it as the bank has decided", async () => {
    const orderId = await shop.paid()
    stands("dp_1", "open")
    await report(orderId, disputed("dp_1"))
    expect(await disputesOf(orderId)).toEqual([["dp_1", 20_00, "open"]])
    stands("dp_1", "lost")
    await report(orderId, disputed("dp_1"))
    expect(await disputesOf(orderId)).toEqual([["dp_1", 20_00, "lost"]])
    // The one that it was opened with comes last.
    await report(orderId, disputed("dp_1"))
    const events = (await ordering.ports.orders.events(orderId)).map(({ type }) => type)
    expect(events.filter((type) => type.startsWith("Dispute"))).toEqual(["DisputeOpened", "DisputeClosed"])
  })

  test("that has ended before anybody heard of it is opened and closed at once", async () => {
    const orderId = await shop.paid()
    stands("dp_2", "won")
    await report(orderId, disputed("dp_2"))
    expect(await disputesOf(orderId)).toEqual([["dp_2", 20_00, "won"]])
  })

  test("that comes before the order is paid waits for that; one of an order without payment is parked", async () => {
    const [orderId, cancelledId] = [await shop.awaiting(), await shop.cancelled()]
    stands("dp_3", "open")
    await expect(report(orderId, disputed("dp_3"))).rejects.toThrow(DependencyUnavailableError)
    await report(cancelledId, disputed("dp_3"))
    expect([await parked(orderId), await parked(cancelledId)]).toEqual([[], ["order.wrong-state"]])
  })
})
