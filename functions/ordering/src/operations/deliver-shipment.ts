import { command } from "@eshop/building-blocks/app/use-case"
import { OrderId, ShipmentId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { deliverShipment as decide, shipmentUnknown } from "@eshop/domain/ordering/deliver-shipment"
import { orderUnknown } from "@eshop/domain/ordering/order-refusals"
import * as z from "zod"
import type { Changed } from "../orders/change-order.ts"
import {
  ChangedOrder,
  type CommandPorts,
  changedOf,
  commandOrder,
  orderStale,
} from "../orders/command-order.ts"

/** A parcel has arrived. */
export const deliverShipment = command("ordering.deliver-shipment", {
  input: z.strictObject({ id: OrderId, shipmentId: ShipmentId }),
  result: ChangedOrder,
  refusals: [orderUnknown, shipmentUnknown, orderStale],
  handle:
    (ports: CommandPorts) =>
    ({ id: orderId, shipmentId }, call) =>
      call.commit(async (tx) => {
        const changed = await commandOrder(ports, tx, call, {
          orderId,
          action: "order.parcel-delivered",
          says: { shipmentId },
          decide: (order) => decide(order, { shipmentId }, call.now),
        })
        return isRefusal(changed) ? changed : changedOf(changed as Changed)
      }),
})
