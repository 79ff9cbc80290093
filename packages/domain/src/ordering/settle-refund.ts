import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { isPaid, type Order, type Refund } from "./order.ts"
import { type OrderEvent, orderEvent } from "./order-events.ts"
import { orderUnknown } from "./order-refusals.ts"

export type SettleRefund = { readonly refundId: string; readonly providerRefundId?: string }

export const refundUnknown = defineRefusal("refund.unknown", "not-found", "The order has no such refund.")

export const refundEnded = defineRefusal("refund.ended", "conflict", "The refund has ended in another way.")

export const refundOf = (order: Order, id: string): Refund | undefined =>
  isPaid(order) ? order.payment.refunds.find(({ refundId }) => refundId === id) : undefined

/** The money has gone back. Said again it is no news; of a refund that failed it is refused. */
export function settleRefund(
  order: Order | undefined,
  { refundId, providerRefundId }: SettleRefund,
  now: Date,
): OrderEvent[] | RefusalOf<[typeof orderUnknown, typeof refundUnknown, typeof refundEnded]> {
  if (!order) return orderUnknown()
  const refund = refundOf(order, refundId)
  if (!refund) return refundUnknown()
  if (refund.status === "failed") return refundEnded()
  if (refund.status === "settled") return refund.providerRefundId === providerRefundId ? [] : refundEnded()
  const { amount, reason } = refund
  const provider = providerRefundId === undefined ? {} : { providerRefundId }
  return [orderEvent("OrderRefunded", now, { refundId, amount, reason, ...provider })]
}
