import { mergeLines, type StockLine } from "../contracts/stock-lines.ts"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { isSame } from "../kernel/same.ts"
import { leftOf, refundFor, refundRequested } from "./give-back.ts"
import { isPaid, isSent, isTaken, type Order } from "./order.ts"
import { type CancelReason, type OrderEvent, orderEvent } from "./order-events.ts"
import { exceeding, minusLines, unshipped } from "./order-lines.ts"
import { Exceeding, orderUnknown, orderWrongState } from "./order-refusals.ts"

export type CancelLines = {
  /** Also the id of the refund that it leads to. */
  readonly cancellationId: string
  readonly lines: readonly StockLine[]
  readonly reason: CancelReason
}

export const cancellationTooMuch = defineRefusal(
  "cancellation.too-much",
  "conflict",
  "More is to be cancelled than is left to ship.",
  Exceeding,
)

export const cancellationOther = defineRefusal(
  "cancellation.other",
  "conflict",
  "The cancellation's id belongs to something else of the order.",
)

/**
 * Lines of a paid order will not be shipped, and what they cost goes back. With the last of an order of which nothing
 * was shipped the order ends. Said again with the same content it is no news.
 */
export function cancelLines(
  order: Order | undefined,
  { cancellationId, lines: asked, reason }: CancelLines,
  now: Date,
):
  | OrderEvent[]
  | RefusalOf<
      [typeof orderUnknown, typeof orderWrongState, typeof cancellationTooMuch, typeof cancellationOther]
    > {
  if (!order) return orderUnknown()
  const lines = mergeLines(asked)
  const known = isPaid(order) && order.cancellations.find((one) => one.cancellationId === cancellationId)
  if (known) return isSame([known.lines, known.reason], [lines, reason]) ? [] : cancellationOther()
  if (order.status !== "Paid" && order.status !== "PartiallyShipped")
    return orderWrongState({ status: order.status, step: "cancel-lines" })
  if (isTaken(order, cancellationId)) return cancellationOther()
  const left = unshipped(order)
  const tooMuch = exceeding(lines, left)
  if (tooMuch.length > 0) return cancellationTooMuch({ lines: tooMuch })
  const isEnd = !isSent(order) && minusLines(left, lines).length === 0
  const amount = isEnd ? leftOf(order.payment) : refundFor(order, { lines, isGivenUp: true })
  const refund = amount.amount > 0 ? { refund: amount } : {}
  return [
    orderEvent("OrderLinesCancelled", now, { cancellationId, lines, reason, ...refund }),
    ...(isEnd ? [orderEvent("OrderCancelled", now, reason)] : []),
    ...refundRequested(now, { refundId: cancellationId, amount, reason: reason.code }),
  ]
}
