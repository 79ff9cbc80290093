import { command } from "@eshop/building-blocks/app/use-case"
import { OrderId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { closeOrder as decide } from "@eshop/domain/ordering/close-order"
import { orderUnknown, orderWrongState } from "@eshop/domain/ordering/order-refusals"
import * as z from "zod"
import type { Changed } from "../orders/change-order.ts"
import {
  ChangedOrder,
  type CommandPorts,
  changedOf,
  commandOrder,
  orderStale,
} from "../orders/command-order.ts"

/** Nothing more is expected of a delivered order. */
export const closeOrder = command("ordering.close-order", {
  input: z.strictObject({ id: OrderId }),
  result: ChangedOrder,
  refusals: [orderUnknown, orderWrongState, orderStale],
  handle:
    (ports: CommandPorts) =>
    ({ id: orderId }, call) =>
      call.commit(async (tx) => {
        const changed = await commandOrder(ports, tx, call, {
          orderId,
          action: "order.closed",
          says: {},
          decide: (order) => decide(order, {}, call.now),
        })
        return isRefusal(changed) ? changed : changedOf(changed as Changed)
      }),
})
