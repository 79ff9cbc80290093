import * as z from "zod"
import { Money, minusToZero, sum } from "../kernel/money.ts"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { isSame } from "../kernel/same.ts"
import type { Order, Payment } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"
import { orderUnknown, orderWrongState } from "./order-refusals.ts"

export type RefundOrder = OrderEventOf<"OrderRefunded">["data"]

export const refundOutOfRange = defineRefusal(
  "refund.out-of-range",
  "conflict",
  "A refund is more than nothing, and no more than what is left of the payment.",
  z.object({ amount: Money, left: Money }),
)

export const refundOther = defineRefusal(
  "refund.other",
  "conflict",
  "The refund's id belongs to a refund with another content.",
)

/** What of a payment has not gone back. */
export const leftOf = ({ captured, refunds }: Payment): Money =>
  minusToZero(
    captured,
    sum(
      captured.currency,
      refunds.map(({ amount }) => amount),
    ),
  )

/**
 * Money goes back, all of it or a part: of any order that was paid, also when it was cancelled or closed later. Said
 * again with the same content it is no news.
 */
export function refundOrder(
  order: Order | undefined,
  command: RefundOrder,
  now: Date,
):
  | OrderEvent[]
  | RefusalOf<[typeof orderUnknown, typeof orderWrongState, typeof refundOutOfRange, typeof refundOther]> {
  if (!order) return orderUnknown()
  const payment = "payment" in order && order.payment
  if (!payment) return orderWrongState({ status: order.status, step: "refund" })
  const known = payment.refunds.find(({ refundId }) => refundId === command.refundId)
  if (known) {
    const { refundedAt: _, ...content } = known
    return isSame(content, command) ? [] : refundOther()
  }
  const left = leftOf(payment)
  const { amount } = command
  if (amount.amount < 1 || amount.currency !== left.currency || amount.amount > left.amount)
    return refundOutOfRange({ amount, left })
  return [orderEvent("OrderRefunded", now, command)]
}
