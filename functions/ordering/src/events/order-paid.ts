import { command } from "@eshop/building-blocks/app/use-case"
import { OrderPaid } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import { type FulfilmentPorts, startFulfilment } from "../fulfilment/tell-fulfilment.ts"
import { type TellPorts, tell } from "./tell.ts"

/** An order is paid: its fulfilment begins, and the customer gets the confirmation. */
export const orderPaid = command("ordering.order-paid", {
  input: OrderPaid.data,
  result: z.void(),
  handle: (ports: TellPorts & FulfilmentPorts) => async (data, call) => {
    const told = await call.commit((tx) =>
      tell(
        ports,
        tx,
        { notice: { kind: "order-confirmed", orderId: data.orderId }, webhook: "order.paid", data },
        call,
      ),
    )
    await startFulfilment(ports, data.orderId)
    return told
  },
})
