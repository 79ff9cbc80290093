import { command } from "@eshop/building-blocks/app/use-case"
import { OrderId, ReasonCode, ReturnId } from "@eshop/domain/kernel/ids"
import { returnDecided, returnUnknown } from "@eshop/domain/ordering/accept-return"
import { orderUnknown } from "@eshop/domain/ordering/order-refusals"
import { rejectReturn as decide } from "@eshop/domain/ordering/reject-return"
import * as z from "zod"
import { ChangedOrder, type CommandPorts, commitCommand, orderStale } from "../orders/command-order.ts"

/** The goods did not come back, or not as they should: the customer keeps them, or their claim to them. */
export const rejectReturn = command("ordering.reject-return", {
  input: z.strictObject({ id: OrderId, returnId: ReturnId, reason: ReasonCode }),
  result: ChangedOrder,
  refusals: [orderUnknown, returnUnknown, returnDecided, orderStale],
  handle:
    (ports: CommandPorts) =>
    ({ id: orderId, returnId, reason }, call) =>
      commitCommand(ports, call, {
        orderId,
        action: "order.return-rejected",
        says: { returnId, reason },
        decide: (order) => decide(order, { returnId, reason }, call.now),
      }),
})
