import { command } from "@eshop/building-blocks/app/use-case"
import { OrderDelivered } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import { type FulfilmentPorts, tellFulfilment } from "../fulfilment/tell-fulfilment.ts"
import { type TellPorts, tell } from "./tell.ts"

/** The last parcel has arrived: the customer is told how long a withdrawal is possible. */
export const orderDelivered = command("ordering.order-delivered", {
  input: OrderDelivered.data,
  result: z.void(),
  handle: (ports: TellPorts & FulfilmentPorts) => async (data, call) => {
    const told = await call.commit((tx) =>
      tell(
        ports,
        tx,
        { notice: { kind: "order-delivered", orderId: data.orderId }, webhook: "order.delivered", data },
        call,
      ),
    )
    await tellFulfilment(ports, data.orderId, "delivered")
    return told
  },
})
