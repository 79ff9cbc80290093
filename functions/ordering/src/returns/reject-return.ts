import { command } from "@eshop/building-blocks/app/use-case"
import { OrderId, ReasonCode, ReturnId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { returnDecided, returnUnknown } from "@eshop/domain/ordering/accept-return"
import { orderUnknown } from "@eshop/domain/ordering/order-refusals"
import { rejectReturn as decide } from "@eshop/domain/ordering/reject-return"
import * as z from "zod"
import type { Changed } from "../orders/change-order.ts"
import {
  ChangedOrder,
  type CommandPorts,
  changedOf,
  commandOrder,
  orderStale,
} from "../orders/command-order.ts"

/** The goods did not come back, or not as they should: the customer keeps them, or their claim to them. */
export const rejectReturn = command("ordering.reject-return", {
  input: z.strictObject({ id: OrderId, returnId: ReturnId, reason: ReasonCode }),
  result: ChangedOrder,
  refusals: [orderUnknown, returnUnknown, returnDecided, orderStale],
  handle:
    (ports: CommandPorts) =>
    ({ id: orderId, returnId, reason }, call) =>
      call.commit(async (tx) => {
        const changed = await commandOrder(ports, tx, call, {
          orderId,
          action: "order.return-rejected",
          says: { returnId, reason },
          decide: (order) => decide(order, { returnId, reason }, call.now),
        })
        return isRefusal(changed) ? changed : changedOf(changed as Changed)
      }),
})
