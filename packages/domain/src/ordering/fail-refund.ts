import type { RefusalOf } from "../kernel/refusal.ts"
import type { Order } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"
import { orderUnknown } from "./order-refusals.ts"
import { refundEnded, refundOf, refundUnknown } from "./settle-refund.ts"

export type FailRefund = OrderEventOf<"RefundFailed">["data"]

/**
 * The money did not go back, or came back from a bank that could not take it after the refund had settled: it may be
 * refunded anew. Said again with the same code it is no news.
 */
export function failRefund(
  order: Order | undefined,
  { refundId, code }: FailRefund,
  now: Date,
): OrderEvent[] | RefusalOf<[typeof orderUnknown, typeof refundUnknown, typeof refundEnded]> {
  if (!order) return orderUnknown()
  const refund = refundOf(order, refundId)
  if (!refund) return refundUnknown()
  if (refund.status === "failed") return refund.code === code ? [] : refundEnded()
  return [orderEvent("RefundFailed", now, { refundId, code })]
}
