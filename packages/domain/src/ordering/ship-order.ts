import * as z from "zod"
import { mergeLines } from "../contracts/stock-lines.ts"
import { Quantity, Sku } from "../kernel/ids.ts"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { isSame } from "../kernel/same.ts"
import { type Order, unshipped } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"
import { orderUnknown, orderWrongState } from "./order-refusals.ts"

export type ShipOrder = OrderEventOf<"OrderShipped">["data"]

export const shipmentTooMuch = defineRefusal(
  "shipment.too-much",
  "conflict",
  "The shipment holds more than is left to ship.",
  z.object({ lines: z.array(z.object({ sku: Sku, requested: Quantity, left: z.int().min(0) })) }),
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
  const known = "shipments" in order && order.shipments.find((one) => one.shipmentId === shipment.shipmentId)
  if (known) {
    const { shippedAt: _, deliveredAt: __, ...content } = known
    return isSame(content, shipment) ? [] : shipmentOther()
  }
  if (order.status !== "Paid" && order.status !== "PartiallyShipped")
    return orderWrongState({ status: order.status, step: "ship" })
  const left = new Map(unshipped(order).map(({ sku, quantity }) => [sku, quantity]))
  const tooMuch = shipment.lines.flatMap(({ sku, quantity }) =>
    quantity > (left.get(sku) ?? 0) ? [{ sku, requested: quantity, left: left.get(sku) ?? 0 }] : [],
  )
  return tooMuch.length > 0
    ? shipmentTooMuch({ lines: tooMuch })
    : [orderEvent("OrderShipped", now, shipment)]
}
