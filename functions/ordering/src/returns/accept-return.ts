import { command } from "@eshop/building-blocks/app/use-case"
import { OrderId, ReturnId } from "@eshop/domain/kernel/ids"
import { acceptReturn as decide, returnDecided, returnUnknown } from "@eshop/domain/ordering/accept-return"
import { orderUnknown } from "@eshop/domain/ordering/order-refusals"
import * as z from "zod"
import { ChangedOrder, type CommandPorts, commitCommand, orderStale } from "../orders/command-order.ts"

/** The goods came back as they should: the stock takes them, and the customer gets their money back. */
export const acceptReturn = command("ordering.accept-return", {
  input: z.strictObject({ id: OrderId, returnId: ReturnId }),
  result: ChangedOrder,
  refusals: [orderUnknown, returnUnknown, returnDecided, orderStale],
  handle:
    (ports: CommandPorts) =>
    ({ id: orderId, returnId }, call) =>
      commitCommand(ports, call, {
        orderId,
        action: "order.return-accepted",
        says: { returnId },
        decide: (order) => decide(order, { returnId }, call.now),
      }),
})
