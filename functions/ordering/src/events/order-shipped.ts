import { command } from "@eshop/building-blocks/app/use-case"
import { OrderShipped } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import { type FulfilmentPorts, tellFulfilment } from "../fulfilment/tell-fulfilment.ts"
import { type TellPorts, tell } from "./tell.ts"

/** A parcel has left: the customer is told what is in it. */
export const orderShipped = command("ordering.order-shipped", {
  input: OrderShipped.data,
  result: z.void(),
  handle: (ports: TellPorts & FulfilmentPorts) => async (data, call) => {
    const told = await call.commit((tx) =>
      tell(
        ports,
        tx,
        {
          notice: { kind: "order-shipped", orderId: data.orderId, shipmentId: data.shipmentId },
          webhook: "order.shipped",
          data,
        },
        call,
      ),
    )
    await tellFulfilment(ports, data.orderId, "shipped")
    return told
  },
})
