import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { refundFor, refundRequested } from "./give-back.ts"
import { isSent, type Order } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"
import { orderUnknown } from "./order-refusals.ts"

export type AcceptReturn = OrderEventOf<"ReturnAccepted">["data"]

export const returnUnknown = defineRefusal("return.unknown", "not-found", "The order has no such return.")

export const returnDecided = defineRefusal(
  "return.decided",
  "conflict",
  "The return was decided in another way.",
)

/**
 * The goods came back as they should: what they cost goes back, by a refund with the return's id. Said again it is no
 * news.
 */
export function acceptReturn(
  order: Order | undefined,
  { returnId }: AcceptReturn,
  now: Date,
): OrderEvent[] | RefusalOf<[typeof orderUnknown, typeof returnUnknown, typeof returnDecided]> {
  if (!order) return orderUnknown()
  const known = isSent(order) && order.returns.find((one) => one.returnId === returnId)
  if (!known) return returnUnknown()
  if (known.status === "accepted") return []
  if (known.status === "rejected") return returnDecided()
  const { lines, reason, withdrawal } = known
  const amount = refundFor(order, { lines, isGivenUp: withdrawal })
  return [
    orderEvent("ReturnAccepted", now, { returnId }),
    ...refundRequested(now, { refundId: returnId, amount, reason }),
  ]
}
