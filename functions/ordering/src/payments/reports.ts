import type { RefundOutcome } from "@eshop/domain/payment/payment"
import type { DisputeRecord, PaymentRecord, Report } from "./ports.ts"

/** What a payment's state comes to; undefined while nothing is decided, and once all of it has gone back. */
export function reportOfPayment({ status, code, captured }: PaymentRecord): Report | undefined {
  switch (status) {
    case "open":
    case "refunded":
      return undefined
    case "declined":
      return { type: "declined", code: (code ?? status).slice(0, 64) }
    case "captured":
      return captured && { type: "captured", amount: captured }
    default:
      return { type: status }
  }
}

export const reportOfDispute = ({ disputeId, amount, reason, outcome }: DisputeRecord): Report => ({
  type: "disputed",
  disputeId,
  amount,
  reason: reason.slice(0, 64),
  outcome,
})

/** What a refund's state comes to; undefined while it is pending. @param refundId ours, where it is known */
export function reportOfRefund(
  outcome: RefundOutcome,
  providerRefundId: string,
  refundId: string | undefined,
): Report | undefined {
  if (outcome.type === "pending") return undefined
  return {
    type: "refund-settled",
    providerRefundId,
    ...(refundId && { refundId }),
    outcome: outcome.type === "refunded" ? "succeeded" : "failed",
  }
}
