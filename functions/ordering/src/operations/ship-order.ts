import { command } from "@eshop/building-blocks/app/use-case"
import { StockLines } from "@eshop/domain/contracts/stock-lines"
import { OrderId, ShipmentId } from "@eshop/domain/kernel/ids"
import { freeText } from "@eshop/domain/kernel/text"
import { unshipped } from "@eshop/domain/ordering/order-lines"
import { orderUnknown, orderWrongState } from "@eshop/domain/ordering/order-refusals"
import { shipOrder as decide, shipmentOther, shipmentTooMuch } from "@eshop/domain/ordering/ship-order"
import * as z from "zod"
import { ChangedOrder, type CommandPorts, commitCommand, orderStale } from "../orders/command-order.ts"

/** A parcel leaves the house, with all that is left to ship or a part of it. */
export const shipOrder = command("ordering.ship-order", {
  input: z.strictObject({
    id: OrderId,
    shipmentId: ShipmentId.optional().describe("The parcel's own id, where it has one; a new one otherwise"),
    lines: StockLines.optional().describe("All that is left to ship where it does not say"),
    carrier: freeText(100).optional(),
    trackingNumber: freeText(100).optional(),
  }),
  result: ChangedOrder.extend({ shipmentId: ShipmentId }),
  refusals: [orderUnknown, orderWrongState, shipmentTooMuch, shipmentOther, orderStale],
  handle:
    (ports: CommandPorts) =>
    ({ id: orderId, lines, carrier, trackingNumber, ...given }, call) => {
      const shipmentId = given.shipmentId ?? call.newId()
      const parcel = {
        shipmentId,
        ...(carrier !== undefined && { carrier }),
        ...(trackingNumber !== undefined && { trackingNumber }),
      }
      return commitCommand(
        ports,
        call,
        {
          orderId,
          action: "order.shipped",
          says: { ...parcel, ...(lines && { lines }) },
          decide: (order) =>
            decide(order, { ...parcel, lines: lines ?? (order ? unshipped(order) : []) }, call.now),
        },
        { shipmentId },
      )
    },
})
