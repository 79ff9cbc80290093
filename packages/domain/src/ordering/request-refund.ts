import * as z from "zod"
import { Money } from "../kernel/money.ts"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { isSame } from "../kernel/same.ts"
import { leftOf, refundRequested } from "./give-back.ts"
import { isPaid, isTaken, type Order } from "./order.ts"
import type { OrderEvent, OrderEventOf } from "./order-events.ts"
import { orderUnknown, orderWrongState } from "./order-refusals.ts"

export type RequestRefund = OrderEventOf<"RefundRequested">["data"]

export const refundOutOfRange = defineRefusal(
  "refund.out-of-range",
  "conflict",
  "A refund is more than nothing, and no more than what is left of the payment.",
  z.object({ amount: Money, left: Money }),
)

export const refundOther = defineRefusal(
  "refund.other",
  "conflict",
  "The refund's id belongs to something else of the order.",
)

/**
 * Money is to go back, all of it or a part: of any order that was paid, also when it was cancelled or closed later.
 * Said again with the same content it is no news.
 */
export function requestRefund(
  order: Order | undefined,
  command: RequestRefund,
  now: Date,
):
  | OrderEvent[]
  | RefusalOf<[typeof orderUnknown, typeof orderWrongState, typeof refundOutOfRange, typeof refundOther]> {
  if (!order) return orderUnknown()
  if (!isPaid(order)) return orderWrongState({ status: order.status, step: "refund" })
  const known = order.payment.refunds.find(({ refundId }) => refundId === command.refundId)
  if (known)
    return isSame([known.amount, known.reason], [command.amount, command.reason]) ? [] : refundOther()
  if (isTaken(order, command.refundId)) return refundOther()
  const left = leftOf(order.payment)
  const { amount } = command
  if (amount.amount < 1 || amount.currency !== left.currency || amount.amount > left.amount)
    return refundOutOfRange({ amount, left })
  return refundRequested(now, command)
}
