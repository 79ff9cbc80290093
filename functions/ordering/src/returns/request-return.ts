import { command } from "@eshop/building-blocks/app/use-case"
import { StockLines } from "@eshop/domain/contracts/stock-lines"
import { OrderId, ReturnId } from "@eshop/domain/kernel/ids"
import { orderUnknown, orderWrongState } from "@eshop/domain/ordering/order-refusals"
import { requestReturn as decide, returnOther, returnTooMuch } from "@eshop/domain/ordering/request-return"
import * as z from "zod"
import {
  byItsCustomer,
  ChangedOrder,
  type CommandPorts,
  commitCommand,
  orderStale,
} from "../orders/command-order.ts"

/** Why a customer sends goods back. A change of mind within 14 days is a withdrawal instead. */
const ReturnReason = z.enum(["goods.damaged", "goods.not-as-described", "goods.wrong", "goods.unwanted"])

/** A customer asks to send delivered goods back; an operator accepts or rejects it. */
export const requestReturn = command("ordering.request-return", {
  input: z.strictObject({ id: OrderId, lines: StockLines, reason: ReturnReason }),
  result: ChangedOrder.extend({ returnId: ReturnId }),
  refusals: [orderUnknown, orderWrongState, returnTooMuch, returnOther, orderStale],
  handle:
    (ports: CommandPorts) =>
    ({ id: orderId, lines, reason }, call) => {
      const returnId = call.newId()
      return commitCommand(
        ports,
        call,
        {
          orderId,
          action: "order.return-requested",
          says: { returnId, lines, reason },
          decide: byItsCustomer(call, (order) => decide(order, { returnId, lines, reason }, call.now)),
        },
        { returnId },
      )
    },
})
