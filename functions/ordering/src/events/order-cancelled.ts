import { command } from "@eshop/building-blocks/app/use-case"
import { OrderCancelled } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import { type FulfilmentPorts, tellFulfilment } from "../fulfilment/tell-fulfilment.ts"
import { type TellPorts, tell } from "./tell.ts"

/** An order was cancelled: the customer is told why. One that was not paid has no fulfilment. */
export const orderCancelled = command("ordering.order-cancelled", {
  input: OrderCancelled.data,
  result: z.void(),
  handle: (ports: TellPorts & FulfilmentPorts) => async (data, call) => {
    const told = await call.commit((tx) =>
      tell(
        ports,
        tx,
        {
          notice: { kind: "order-cancelled", orderId: data.orderId, reason: data.reason },
          webhook: "order.cancelled",
          data,
        },
        call,
      ),
    )
    await tellFulfilment(ports, data.orderId, "cancelled")
    return told
  },
})
