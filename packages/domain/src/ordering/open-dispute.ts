import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { isSame } from "../kernel/same.ts"
import { isPaid, type Order } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"
import { orderUnknown, orderWrongState } from "./order-refusals.ts"

export type OpenDispute = OrderEventOf<"DisputeOpened">["data"]

export const disputeOther = defineRefusal(
  "dispute.other",
  "conflict",
  "The dispute is known with another content.",
)

/**
 * The payment's holder contests it at their bank. What they contest is not refunded besides while that is open. Said
 * again with the same content it is no news.
 */
export function openDispute(
  order: Order | undefined,
  command: OpenDispute,
  now: Date,
): OrderEvent[] | RefusalOf<[typeof orderUnknown, typeof orderWrongState, typeof disputeOther]> {
  if (!order) return orderUnknown()
  if (!isPaid(order)) return orderWrongState({ status: order.status, step: "dispute" })
  const known = order.payment.disputes.find(({ disputeId }) => disputeId === command.disputeId)
  if (known)
    return isSame([known.amount, known.reason], [command.amount, command.reason]) ? [] : disputeOther()
  return [orderEvent("DisputeOpened", now, command)]
}
