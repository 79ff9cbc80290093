import { command } from "@eshop/building-blocks/app/use-case"
import { OrderReturned } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import { type FulfilmentPorts, tellFulfilment } from "../fulfilment/tell-fulfilment.ts"
import { type TellPorts, tell } from "./tell.ts"

/** Goods came back and were accepted: the customer is told. */
export const orderReturned = command("ordering.order-returned", {
  input: OrderReturned.data,
  result: z.void(),
  handle: (ports: TellPorts & FulfilmentPorts) => async (data, call) => {
    const told = await call.commit((tx) =>
      tell(
        ports,
        tx,
        {
          notice: {
            kind: "order-returned",
            orderId: data.orderId,
            returnId: data.returnId,
            lines: data.lines,
          },
          webhook: "order.returned",
          data,
        },
        call,
      ),
    )
    await tellFulfilment(ports, data.orderId, "returned")
    return told
  },
})
