import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { isSent, type Order } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"
import { orderUnknown } from "./order-refusals.ts"

export type DeliverShipment = OrderEventOf<"ShipmentDelivered">["data"]

export const shipmentUnknown = defineRefusal(
  "shipment.unknown",
  "not-found",
  "The order has no such shipment.",
)

/** A parcel has arrived; with the last one of an order that is Shipped the order is delivered. */
export function deliverShipment(
  order: Order | undefined,
  { shipmentId }: DeliverShipment,
  now: Date,
): OrderEvent[] | RefusalOf<[typeof orderUnknown, typeof shipmentUnknown]> {
  if (!order) return orderUnknown()
  const shipment = isSent(order) && order.shipments.find((one) => one.shipmentId === shipmentId)
  if (!shipment) return shipmentUnknown()
  return shipment.deliveredAt ? [] : [orderEvent("ShipmentDelivered", now, { shipmentId })]
}
