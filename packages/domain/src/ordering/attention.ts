import * as z from "zod"
import { owedOf } from "./give-back.ts"
import { REFUNDED_AT_PROVIDER } from "./note-provider-refund.ts"
import { isPaid, isSent, type Order, type Payment } from "./order.ts"

/** What of an order waits for a person's decision. */
export const AttentionReason = z.enum(["return.requested", "refund.failed", "refund.owed", "dispute.open"])
export type AttentionReason = z.infer<typeof AttentionReason>

/** Why an order needs somebody's attention; nothing for one that goes its way by itself. */
export function attentionOf(order: Order): AttentionReason[] {
  if (!isPaid(order)) return []
  const { payment } = order
  return [
    ...(isSent(order) && order.returns.some(({ status }) => status === "requested")
      ? ["return.requested" as const]
      : []),
    ...(hasFailedRefund(payment)
      ? ["refund.failed" as const]
      : owedOf(order).amount > 0
        ? ["refund.owed" as const]
        : []),
    ...(payment.disputes.some(({ status }) => status === "open") ? ["dispute.open" as const] : []),
  ]
}

/** Whether a refund failed, and the same was neither requested anew nor given on the provider's pages. */
const hasFailedRefund = ({ refunds }: Payment): boolean =>
  refunds.some(
    (failed, index) =>
      failed.status === "failed" &&
      !refunds
        .slice(index + 1)
        .some(
          ({ amount, reason }) =>
            amount.amount === failed.amount.amount &&
            (reason === failed.reason || reason === REFUNDED_AT_PROVIDER),
        ),
  )
