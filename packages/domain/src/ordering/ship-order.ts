import { mergeLines } from "../contracts/stock-lines.ts"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { isSame } from "../kernel/same.ts"
import { isSent, type Order } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"
import { exceeding, unshipped } from "./order-lines.ts"
import { Exceeding, orderUnknown, orderWrongState } from "./order-refusals.ts"

export type ShipOrder = OrderEventOf<"OrderShipped">["data"]

export const shipmentTooMuch = defineRefusal(
  "shipment.too-much",
  "conflict",
  "The shipment holds more than is left to ship.",
  Exceeding,
)

export const shipmentOther = defineRefusal(
  "shipment.other",
  "conflict",
  "The shipment's id belongs to a shipment with another content.",
)

/** A parcel leaves, with all or a part of what is left to ship. Said again with the same content it is no news. */
export function shipOrder(
  order: Order | undefined,
  command: ShipOrder,
  now: Date,
):
  | OrderEvent[]
  | RefusalOf<[typeof orderUnknown, typeof orderWrongState, typeof shipmentTooMuch, typeof shipmentOther]> {
  if (!order) return orderUnknown()
  const shipment = { ...command, lines: mergeLines(command.lines) }
  const known = isSent(order) && order.shipments.find((one) => one.shipmentId === shipment.shipmentId)
  if (known) {
    const { shippedAt: _, deliveredAt: __, ...content } = known
    return isSame(content, shipment) ? [] : shipmentOther()
  }
  if (order.status !== "Paid" && order.status !== "PartiallyShipped")
    return orderWrongState({ status: order.status, step: "ship" })
  const tooMuch = exceeding(shipment.lines, unshipped(order))
  return tooMuch.length > 0
    ? shipmentTooMuch({ lines: tooMuch })
    : [orderEvent("OrderShipped", now, shipment)]
}
