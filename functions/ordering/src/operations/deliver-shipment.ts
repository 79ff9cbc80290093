import { command } from "@eshop/building-blocks/app/use-case"
import { OrderId, ShipmentId } from "@eshop/domain/kernel/ids"
import { deliverShipment as decide, shipmentUnknown } from "@eshop/domain/ordering/deliver-shipment"
import { orderUnknown } from "@eshop/domain/ordering/order-refusals"
import * as z from "zod"
import { ChangedOrder, type CommandPorts, commitCommand, orderStale } from "../orders/command-order.ts"

/** A parcel has arrived. */
export const deliverShipment = command("ordering.deliver-shipment", {
  input: z.strictObject({ id: OrderId, shipmentId: ShipmentId }),
  result: ChangedOrder,
  refusals: [orderUnknown, shipmentUnknown, orderStale],
  handle:
    (ports: CommandPorts) =>
    ({ id: orderId, shipmentId }, call) =>
      commitCommand(ports, call, {
        orderId,
        action: "order.parcel-delivered",
        says: { shipmentId },
        decide: (order) => decide(order, { shipmentId }, call.now),
      }),
})
