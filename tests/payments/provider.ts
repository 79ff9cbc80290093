import { randomUUID } from "node:crypto"
import { usd } from "@eshop/domain/kernel/money"
import { signatureOf } from "@eshop/payment-simulator/webhooks"
import { stripeEvents } from "../../functions/ordering/src/adapters/stripe-events.ts"
import type {
  DisputeRecord,
  PaymentRecord,
  ProviderEvent,
  ProviderRecords,
  RefundRecord,
} from "../../functions/ordering/src/payments/ports.ts"

export const secret = "whsec_of_this_test"
export const oldSecret = "whsec_that_is_replaced"
export const providerEvents = stripeEvents([secret, oldSecret])

/** An event in Stripe's shape. */
export const eventOf = (type: string, object: object, more: object = {}) => ({
  id: `evt_${randomUUID()}`,
  object: "event",
  type,
  request: { id: null, idempotency_key: null },
  data: { object },
  ...more,
})

/** A payment intent in Stripe's shape, of the part that is read. */
export const intentOf = (orderId: string, status: string, more: object = {}) => ({
  id: `pi_${orderId}`,
  object: "payment_intent",
  status,
  amount_received: status === "succeeded" ? 30_00 : 0,
  currency: "usd",
  last_payment_error: null,
  latest_charge: null,
  metadata: { order_id: orderId },
  ...more,
})

/** The body and the headers of a webhook. @param at when it was signed */
export function signed(event: object, by: string = secret, at: Date = new Date()) {
  const body = JSON.stringify(event)
  return {
    body: Buffer.from(body),
    headers: { "stripe-signature": signatureOf(body, by, at.getTime()) },
  }
}

/** A provider's records that a test writes; all of them were made an hour ago. */
export function recordsInMemory() {
  const payments = new Map<string, PaymentRecord>()
  const disputes = new Map<string, DisputeRecord>()
  const refunds = new Map<string, RefundRecord>()
  const reports: ProviderEvent[] = []
  const released: string[] = []
  const madeAt = new Date(Date.now() - 60 * 60_000)
  function pageOf<T>(
    all: readonly T[],
    idOf: (entry: T) => string,
    from: Date,
    to: Date,
    after: string | undefined,
    limit: number,
  ) {
    const newestFirst = from <= madeAt && madeAt < to ? [...all].reverse() : []
    const first = after === undefined ? 0 : newestFirst.findIndex((entry) => idOf(entry) === after) + 1
    return { page: newestFirst.slice(first, first + limit), isLast: first + limit >= newestFirst.length }
  }
  const records: ProviderRecords = {
    find: async (paymentId) => payments.get(paymentId),
    findDispute: async (disputeId) => disputes.get(disputeId),
    findRefund: async (providerRefundId) => refunds.get(providerRefundId),
    async madeBetween(...within) {
      const { page, isLast } = pageOf([...payments.values()], ({ paymentId }) => paymentId, ...within)
      return { payments: page, isLast }
    },
    async refundsMadeBetween(...within) {
      const { page, isLast } = pageOf(
        [...refunds.values()],
        ({ providerRefundId }) => providerRefundId,
        ...within,
      )
      return { refunds: page, isLast }
    },
    async lateReportsMadeBetween(...within) {
      const { page, isLast } = pageOf(reports, ({ id }) => id, ...within)
      return { reports: page, isLast }
    },
    async release({ paymentId }) {
      released.push(paymentId)
      const payment = payments.get(paymentId) as PaymentRecord
      const status = payment.status === "captured" ? "refunded" : "cancelled"
      payments.set(paymentId, { ...payment, status })
    },
  }
  return {
    records,
    released,
    disputes,
    refunds,
    reports,
    has: (orderId: string, status: PaymentRecord["status"]): string => {
      const paymentId = `pi_${orderId}`
      const captured = usd(status === "captured" ? 30_00 : 0)
      payments.set(paymentId, { paymentId, orderId, status, captured })
      return paymentId
    },
  }
}
