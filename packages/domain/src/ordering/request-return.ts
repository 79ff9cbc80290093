import { mergeLines } from "../contracts/stock-lines.ts"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { isSame } from "../kernel/same.ts"
import { isSent, isTaken, type Order } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"
import { exceeding, keptAfterDelivery } from "./order-lines.ts"
import { Exceeding, orderUnknown, orderWrongState } from "./order-refusals.ts"

/** A withdrawal asks for its return itself. */
export type RequestReturn = Omit<OrderEventOf<"ReturnRequested">["data"], "withdrawal">

export const returnTooMuch = defineRefusal(
  "return.too-much",
  "conflict",
  "More is to come back than was delivered and is not on its way back.",
  Exceeding,
)

export const returnOther = defineRefusal(
  "return.other",
  "conflict",
  "The return's id belongs to something else of the order.",
)

/** Delivered goods are to come back, all or a part. Said again with the same content it is no news. */
export function requestReturn(
  order: Order | undefined,
  { returnId, lines: asked, reason }: RequestReturn,
  now: Date,
):
  | OrderEvent[]
  | RefusalOf<[typeof orderUnknown, typeof orderWrongState, typeof returnTooMuch, typeof returnOther]> {
  if (!order) return orderUnknown()
  if (!isSent(order)) return orderWrongState({ status: order.status, step: "request-return" })
  const lines = mergeLines(asked)
  const known = order.returns.find((one) => one.returnId === returnId)
  if (known)
    return isSame([known.lines, known.reason, known.withdrawal], [lines, reason, false]) ? [] : returnOther()
  if (isTaken(order, returnId)) return returnOther()
  const tooMuch = exceeding(lines, keptAfterDelivery(order))
  if (tooMuch.length > 0) return returnTooMuch({ lines: tooMuch })
  return [orderEvent("ReturnRequested", now, { returnId, lines, reason, withdrawal: false })]
}
