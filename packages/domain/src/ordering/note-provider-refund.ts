import type { RefusalOf } from "../kernel/refusal.ts"
import { leftOf, refundRequested } from "./give-back.ts"
import { isPaid, isTaken, type Order } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"
import { orderUnknown } from "./order-refusals.ts"
import { refundOther, refundOutOfRange } from "./request-refund.ts"

/** Why it went back: somebody of the shop's has refunded it on the provider's own pages. */
export const REFUNDED_AT_PROVIDER = "provider.refunded"

export type NoteProviderRefund = Pick<OrderEventOf<"RefundRequested">["data"], "refundId" | "amount"> & {
  readonly providerRefundId: string
}

/**
 * The provider has given money back that this order never asked it to. It is gone, so the order says so, and gives it
 * back no second time. The provider's id makes it one refund, however often it is reported. Of an order that was not
 * paid there is nothing to say: what was taken for it all the same, the shop itself gives back.
 * @param command.refundId what the refund is called here, the first time that it is noted
 */
export function noteProviderRefund(
  order: Order | undefined,
  { refundId, providerRefundId, amount }: NoteProviderRefund,
  now: Date,
): OrderEvent[] | RefusalOf<[typeof orderUnknown, typeof refundOther, typeof refundOutOfRange]> {
  if (!order) return orderUnknown()
  if (!isPaid(order) || providersRefund(order, providerRefundId)) return []
  if (isTaken(order, refundId)) return refundOther()
  const left = leftOf(order.payment)
  if (amount.currency !== left.currency || amount.amount > left.amount)
    return refundOutOfRange({ amount, left })
  const refund = { refundId, amount, reason: REFUNDED_AT_PROVIDER }
  return [...refundRequested(now, refund), orderEvent("OrderRefunded", now, { ...refund, providerRefundId })]
}

/** The refund of the order that the provider calls so. */
export const providersRefund = (order: Order, id: string) =>
  isPaid(order)
    ? order.payment.refunds.find((refund) => refund.status === "settled" && refund.providerRefundId === id)
    : undefined
