import { command } from "@eshop/building-blocks/app/use-case"
import { OrderId } from "@eshop/domain/kernel/ids"
import { closeOrder as decide } from "@eshop/domain/ordering/close-order"
import { orderUnknown, orderWrongState } from "@eshop/domain/ordering/order-refusals"
import * as z from "zod"
import { ChangedOrder, type CommandPorts, commitCommand, orderStale } from "../orders/command-order.ts"

/** Nothing more is expected of a delivered order. */
export const closeOrder = command("ordering.close-order", {
  input: z.strictObject({ id: OrderId }),
  result: ChangedOrder,
  refusals: [orderUnknown, orderWrongState, orderStale],
  handle:
    (ports: CommandPorts) =>
    ({ id: orderId }, call) =>
      commitCommand(ports, call, {
        orderId,
        action: "order.closed",
        says: {},
        decide: (order) => decide(order, {}, call.now),
      }),
})
