import { command } from "@eshop/building-blocks/app/use-case"
import { OrderPaid } from "@eshop/domain/contracts/ordering-events"
import type { Order } from "@eshop/domain/ordering/order"
import * as z from "zod"
import { type FulfilmentPorts, startFulfilment } from "../fulfilment/tell-fulfilment.ts"
import { type TellPorts, tell } from "./tell.ts"

/**
 * An order is paid: its fulfilment begins, and the customer gets the confirmation. The start belongs to the handler: it runs
 * on every delivery until it has worked, unless the order has moved on meanwhile.
 */
export const orderPaid = command("ordering.order-paid", {
  input: OrderPaid.data,
  result: z.void(),
  handle: (ports: TellPorts & FulfilmentPorts) => async (data, call) => {
    const { orderId } = data
    const left: { order?: Order | undefined } = {}
    const told = await call.commit(async (tx) => {
      left.order = (await ports.orders.lock(tx, orderId))?.order
      await tell(
        ports,
        tx,
        { notice: { kind: "order-confirmed", orderId }, webhook: "order.paid", data },
        call,
      )
    })
    // A repetition reads how the order stands.
    await startFulfilment(ports, left.order ?? (await ports.orders.find(orderId))?.order)
    return told
  },
})
