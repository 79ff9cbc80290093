import { command } from "@eshop/building-blocks/app/use-case"
import { OrderLinesCancelled } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import { type TellPorts, tell } from "./tell.ts"

/** Some lines will not be shipped: the customer is told which. */
export const orderLinesCancelled = command("ordering.order-lines-cancelled", {
  input: OrderLinesCancelled.data,
  result: z.void(),
  handle: (ports: TellPorts) => (data, call) =>
    call.commit((tx) =>
      tell(
        ports,
        tx,
        {
          notice: { kind: "lines-cancelled", orderId: data.orderId, lines: data.lines, reason: data.reason },
          webhook: "order.lines_cancelled",
          data,
        },
        call,
      ),
    ),
})
