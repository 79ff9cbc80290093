import { command } from "@eshop/building-blocks/app/use-case"
import { OrderRefunded } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import { type TellPorts, tell } from "./tell.ts"

/** Money went back: the customer is told how much. */
export const orderRefunded = command("ordering.order-refunded", {
  input: OrderRefunded.data,
  result: z.void(),
  handle: (ports: TellPorts) => (data, call) =>
    call.commit((tx) =>
      tell(
        ports,
        tx,
        {
          notice: { kind: "order-refunded", orderId: data.orderId, refundId: data.refundId },
          webhook: "order.refunded",
          data,
        },
        call,
      ),
    ),
})
