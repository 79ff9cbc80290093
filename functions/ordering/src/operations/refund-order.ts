import { command } from "@eshop/building-blocks/app/use-case"
import { OrderId, ReasonCode, RefundId } from "@eshop/domain/kernel/ids"
import { Money } from "@eshop/domain/kernel/money"
import { orderUnknown, orderWrongState } from "@eshop/domain/ordering/order-refusals"
import { refundOther, refundOutOfRange, requestRefund } from "@eshop/domain/ordering/request-refund"
import * as z from "zod"
import { ChangedOrder, type CommandPorts, commitCommand, orderStale } from "../orders/command-order.ts"

/** An operator gives money back, all that is left of the payment or a part of it. A saga sees to it from there. */
export const refundOrder = command("ordering.refund-order", {
  input: z.strictObject({ id: OrderId, amount: Money, reason: ReasonCode }),
  result: ChangedOrder.extend({ refundId: RefundId }),
  refusals: [orderUnknown, orderWrongState, refundOutOfRange, refundOther, orderStale],
  handle:
    (ports: CommandPorts) =>
    ({ id: orderId, amount, reason }, call) => {
      const refundId = call.newId()
      return commitCommand(
        ports,
        call,
        {
          orderId,
          action: "order.refund-requested",
          says: { refundId, amount, reason },
          decide: (order) => requestRefund(order, { refundId, amount, reason }, call.now),
        },
        { refundId },
      )
    },
})
