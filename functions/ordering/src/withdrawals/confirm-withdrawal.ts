import { command } from "@eshop/building-blocks/app/use-case"
import { WithdrawalId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { isPaid } from "@eshop/domain/ordering/order"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { withdraw, withdrawalRefusals } from "@eshop/domain/ordering/withdraw"
import * as z from "zod"
import { notify } from "../notices/notice.ts"
import type { NoticeQueue } from "../notices/ports.ts"
import type { Changed } from "../orders/change-order.ts"
import { byItsCustomer, type CommandPorts, commandOrder, orderStale } from "../orders/command-order.ts"
import { Withdrawal, withdrawalInput } from "./propose-withdrawal.ts"

/**
 * The second of two steps: the customer withdraws from the contract, of exactly what the first one has shown; its lines are
 * said again, and the id vouches for the rest. A receipt goes to the customer, and is where the answer points to.
 */
export const confirmWithdrawal = command("ordering.confirm-withdrawal", {
  input: z.strictObject({ ...withdrawalInput, withdrawalId: WithdrawalId }),
  result: z.strictObject({ ...Withdrawal, withdrawnAt: z.iso.datetime() }),
  refusals: [...withdrawalRefusals, orderStale],
  handle:
    (ports: CommandPorts & { readonly notices: NoticeQueue }) =>
    ({ id: orderId, withdrawalId, lines }, call) =>
      call.commit(async (tx) => {
        const changed = await commandOrder(ports, tx, call, {
          orderId,
          action: "order.withdrawn",
          says: { withdrawalId, ...(lines && { lines }) },
          decide: byItsCustomer(call, (order) =>
            withdraw(order, { withdrawalId, returnId: call.newId(), lines }, call.now),
          ),
        })
        if (isRefusal(changed)) return changed
        const { order, events } = changed as Changed
        const done = isPaid(order) && order.withdrawals.find((one) => one.withdrawalId === withdrawalId)
        if (!done) throw new Error("the withdrawal left nothing behind")
        if (events.length > 0)
          await notify(ports, tx, { kind: "withdrawal-received", orderId, withdrawalId }, call)
        return { orderId, number: orderNumberOf(orderId), ...done }
      }),
})
