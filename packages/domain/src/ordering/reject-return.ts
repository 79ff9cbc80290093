import type { RefusalOf } from "../kernel/refusal.ts"
import { returnDecided, returnUnknown } from "./accept-return.ts"
import { isSent, type Order } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"
import { orderUnknown } from "./order-refusals.ts"

export type RejectReturn = OrderEventOf<"ReturnRejected">["data"]

/** The goods did not come back, or not as they should. Said again for the same reason it is no news. */
export function rejectReturn(
  order: Order | undefined,
  { returnId, reason }: RejectReturn,
  now: Date,
): OrderEvent[] | RefusalOf<[typeof orderUnknown, typeof returnUnknown, typeof returnDecided]> {
  if (!order) return orderUnknown()
  const known = isSent(order) && order.returns.find((one) => one.returnId === returnId)
  if (!known) return returnUnknown()
  if (known.status === "requested") return [orderEvent("ReturnRejected", now, { returnId, reason })]
  return known.status === "rejected" && known.rejection === reason ? [] : returnDecided()
}
