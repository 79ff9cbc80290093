import { OrderId, RefundId } from "@eshop/domain/kernel/ids"
import { Currency, type Money } from "@eshop/domain/kernel/money"
import type { RefundOutcome } from "@eshop/domain/payment/payment"
import type { Stripe } from "stripe"
import type { DisputeRecord, PaymentRecord, RefundRecord } from "../payments/ports.ts"

/** Why the last attempt at a payment failed; its status where nothing did. */
export const declineCodeOf = ({ last_payment_error: error, status }: Stripe.PaymentIntent): string =>
  error?.decline_code || error?.code || status

/** What a refund has come to. */
export function refundOutcomeOf({ id, status, failure_reason }: Stripe.Refund): RefundOutcome {
  if (status === "succeeded") return { type: "refunded", providerRefundId: id }
  if (status === "pending" || status === "requires_action") return { type: "pending", providerRefundId: id }
  return { type: "refused", code: failure_reason ?? status ?? "unknown" }
}

export const idOf = (object: string | { readonly id: string } | null): string =>
  typeof object === "string" ? object : (object?.id ?? "")

/** Undefined for a currency that the shop does not take. */
export function moneyOf(amount: number, currency: string): Money | undefined {
  const known = Currency.safeParse(currency.toUpperCase()).data
  return known && { amount, currency: known }
}

/** The order that a payment or a refund names as its own; undefined for one that is none of the shop's. */
export const orderIdOf = (metadata: Stripe.Metadata | null): string | undefined =>
  OrderId.safeParse(metadata?.order_id).data

/** The shop's own id of a refund; undefined for one that somebody else has asked for. */
export const refundIdOf = (metadata: Stripe.Metadata | null): string | undefined =>
  RefundId.safeParse(metadata?.refund_id).data

const statuses: Partial<Record<Stripe.PaymentIntent.Status, PaymentRecord["status"]>> = {
  requires_capture: "authorised",
  succeeded: "captured",
  canceled: "cancelled",
  processing: "open",
  requires_action: "open",
}

/** Its charge tells, where the answer has that as well. */
const isRefunded = ({ latest_charge: charge }: Stripe.PaymentIntent): boolean =>
  typeof charge === "object" && charge?.refunded === true

/** How a payment stands. */
export function recordOf(intent: Stripe.PaymentIntent): PaymentRecord {
  const captured = moneyOf(intent.amount_received, intent.currency)
  const orderId = captured && orderIdOf(intent.metadata)
  const status = isRefunded(intent) ? "refunded" : (statuses[intent.status] ?? "declined")
  return {
    paymentId: intent.id,
    status,
    ...(orderId && { orderId }),
    ...(captured && { captured }),
    ...(status === "declined" && { code: declineCodeOf(intent) }),
  }
}

const disputeOutcomes: Partial<Record<string, DisputeRecord["outcome"]>> = {
  won: "won",
  // An inquiry that came to nothing.
  warning_closed: "won",
  lost: "lost",
  // The money went back before it came to a dispute.
  prevented: "lost",
}

/** How a dispute stands; undefined for one in a currency that the shop does not take. */
export function disputeOf(dispute: Stripe.Dispute): DisputeRecord | undefined {
  const amount = moneyOf(dispute.amount, dispute.currency)
  return (
    amount && {
      disputeId: dispute.id,
      paymentId: idOf(dispute.payment_intent),
      amount,
      reason: dispute.reason,
      outcome: disputeOutcomes[dispute.status] ?? "open",
    }
  )
}

/** How a refund stands; its payment names the order where that was asked for as well. */
export function refundRecordOf(refund: Stripe.Refund): RefundRecord {
  const { payment_intent: payment, metadata } = refund
  const amount = moneyOf(refund.amount, refund.currency)
  const paid = typeof payment === "object" ? payment : null
  const orderId = orderIdOf(metadata) ?? orderIdOf(paid?.metadata ?? null)
  const refundId = refundIdOf(metadata)
  return {
    providerRefundId: refund.id,
    paymentId: idOf(payment),
    outcome: refundOutcomeOf(refund),
    ...(orderId && { orderId }),
    ...(refundId && { refundId }),
    ...(amount && { amount }),
  }
}
