import { useCase } from "@eshop/building-blocks/app/use-case"
import type { StockLine } from "@eshop/domain/contracts/stock-lines"
import { OrderId, WithdrawalId } from "@eshop/domain/kernel/ids"
import type { Money } from "@eshop/domain/kernel/money"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import { isPaid, type Order, type Withdrawal } from "@eshop/domain/ordering/order"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { orderUnknown } from "@eshop/domain/ordering/order-refusals"
import * as z from "zod"
import { maySee } from "../orders/get-order.ts"
import type { Orders } from "../orders/ports.ts"

const withdrawalUnknown = defineRefusal(
  "withdrawal.unknown",
  "not-found",
  "The order has no such withdrawal.",
)

/** The receipt of a withdrawal, to be kept: its content, and the moment at which it was declared. */
export const getWithdrawalReceipt = useCase("ordering.get-withdrawal-receipt", {
  input: z.strictObject({ id: OrderId, withdrawalId: WithdrawalId }),
  result: z.string(),
  refusals: [orderUnknown, withdrawalUnknown],
  handle:
    ({ orders }: { orders: Orders }) =>
    async ({ id, withdrawalId }, call) => {
      const stored = await orders.find(id)
      if (!stored || !maySee(call, stored.order)) return orderUnknown()
      const { order } = stored
      const withdrawal = isPaid(order) && order.withdrawals.find((one) => one.withdrawalId === withdrawalId)
      return withdrawal ? receiptOf(order, withdrawal) : withdrawalUnknown()
    },
})

function receiptOf(order: Order, withdrawal: Withdrawal): string {
  const { withdrawalId, lines, cancelled, returned, refundNow, refundOnReturn, withdrawnAt } = withdrawal
  const names = new Map(order.lines.map(({ sku, name }) => [sku, name]))
  const listed = (some: readonly StockLine[]) =>
    some.map(({ sku, quantity }) => `  ${quantity} x ${names.get(sku)} (${sku})`)
  return [
    "Receipt of a withdrawal from a contract",
    "",
    `Order:              ${orderNumberOf(order.id)} of ${momentOf(order.submittedAt)}`,
    `Withdrawal:         ${withdrawalId}`,
    `Declared, received: ${momentOf(withdrawnAt)}`,
    "",
    "The customer withdraws from the contract for:",
    ...listed(lines),
    ...(cancelled.length > 0 ? ["", "Not shipped, and cancelled:", ...listed(cancelled)] : []),
    ...(returned.length > 0 ? ["", "To be sent back within 14 days:", ...listed(returned)] : []),
    "",
    `Paid back at once:                      ${moneyOf(refundNow)}`,
    `Paid back once the goods have come back: ${moneyOf(refundOnReturn)}`,
    "",
  ].join("\n")
}

const momentOf = (instant: string): string => `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`
const moneyOf = ({ amount, currency }: Money): string =>
  `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, "0")} ${currency}`
