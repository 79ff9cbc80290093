import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { disputeOther } from "./open-dispute.ts"
import { isPaid, type Order } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"
import { orderUnknown } from "./order-refusals.ts"

export type CloseDispute = OrderEventOf<"DisputeClosed">["data"]

export const disputeUnknown = defineRefusal("dispute.unknown", "not-found", "The order has no such dispute.")

/** The bank has decided a dispute. Said again with the same outcome it is no news. */
export function closeDispute(
  order: Order | undefined,
  { disputeId, outcome }: CloseDispute,
  now: Date,
): OrderEvent[] | RefusalOf<[typeof orderUnknown, typeof disputeUnknown, typeof disputeOther]> {
  if (!order) return orderUnknown()
  const known = isPaid(order) && order.payment.disputes.find((one) => one.disputeId === disputeId)
  if (!known) return disputeUnknown()
  if (known.status === "open") return [orderEvent("DisputeClosed", now, { disputeId, outcome })]
  return known.status === outcome ? [] : disputeOther()
}
