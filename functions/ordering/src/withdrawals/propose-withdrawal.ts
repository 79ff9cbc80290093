import { useCase } from "@eshop/building-blocks/app/use-case"
import { StockLines } from "@eshop/domain/contracts/stock-lines"
import { OrderId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { orderUnknown } from "@eshop/domain/ordering/order-refusals"
import { proposalRefusals, proposeWithdrawal as propose } from "@eshop/domain/ordering/withdraw"
import * as z from "zod"
import { isOwn } from "../orders/get-order.ts"
import { WithdrawalContent } from "../orders/order-views.ts"
import type { Orders } from "../orders/ports.ts"

/** Of which order it is, and what is withdrawn. */
export const Withdrawal = { orderId: OrderId, number: z.string(), ...WithdrawalContent }

export const withdrawalInput = {
  id: OrderId,
  lines: StockLines.optional().describe("Everything that can be withdrawn where it does not say"),
}

/**
 * The first of two steps: shows what a withdrawal from the contract comes to, and changes nothing. The second one confirms
 * exactly that, by its id.
 */
export const proposeWithdrawal = useCase("ordering.propose-withdrawal", {
  input: z.strictObject(withdrawalInput),
  result: z.strictObject({
    ...Withdrawal,
    deadline: z.iso
      .datetime()
      .optional()
      .describe("Until then, exclusive, it can be confirmed; absent while parcels are still to come"),
  }),
  refusals: proposalRefusals,
  handle:
    ({ orders }: { orders: Orders }) =>
    async ({ id: orderId, lines }, call) => {
      const stored = await orders.find(orderId)
      if (!stored || !isOwn(call, stored.order)) return orderUnknown()
      const proposal = propose(stored.order, lines, call.now)
      return isRefusal(proposal) ? proposal : { orderId, number: orderNumberOf(orderId), ...proposal }
    },
})
