import { type Call, hasRole } from "@eshop/building-blocks/app/call"
import { StockLine } from "@eshop/domain/contracts/stock-lines"
import { Money, sum } from "@eshop/domain/kernel/money"
import { AttentionReason, attentionOf } from "@eshop/domain/ordering/attention"
import { leftOf } from "@eshop/domain/ordering/give-back"
import { invoiceNumberOf } from "@eshop/domain/ordering/invoice"
import { isPaid, type Order, type Payment } from "@eshop/domain/ordering/order"
import { unshipped } from "@eshop/domain/ordering/order-lines"
import * as z from "zod"

/** What those who work on an order need to know of it besides. */
export const OrderWork = z.strictObject({
  needsAttention: z.array(AttentionReason).describe("What waits for a person's decision"),
  unshipped: z.array(StockLine).describe("Neither cancelled nor in a parcel"),
  invoiceNumber: z.string().optional().describe("Absent until the order was paid"),
  /** Absent until the order was paid. */
  money: z
    .strictObject({
      captured: Money,
      refunded: Money.describe("Went back"),
      refunding: Money.describe("Was asked back, and is on its way"),
      refundable: Money.describe(
        "May still go back: what a bank took back, or may take in a dispute, may not",
      ),
    })
    .optional(),
  disputes: z.array(
    z.strictObject({
      disputeId: z.string(),
      amount: Money,
      reason: z.string(),
      status: z.enum(["open", "won", "lost"]),
      openedAt: z.iso.datetime(),
      closedAt: z.iso.datetime().optional(),
    }),
  ),
})
export type OrderWork = z.infer<typeof OrderWork>

/** Whether the caller works on orders. */
export const worksOnOrders = ({ caller }: Pick<Call, "caller">): boolean =>
  hasRole(caller, "orders.manage") || hasRole(caller, "orders.fulfil")

function moneyOf(payment: Payment) {
  const { captured, refunds } = payment
  const sumOf = (status: string) =>
    sum(
      captured.currency,
      refunds.filter((refund) => refund.status === status).map(({ amount }) => amount),
    )
  return {
    captured,
    refunded: sumOf("settled"),
    refunding: sumOf("requested"),
    refundable: leftOf(payment),
  }
}

export function workOn(order: Order): OrderWork {
  const isUnderWay = order.status === "Paid" || order.status === "PartiallyShipped"
  return {
    needsAttention: attentionOf(order),
    unshipped: isUnderWay ? unshipped(order) : [],
    ...(isPaid(order) && { invoiceNumber: invoiceNumberOf(order), money: moneyOf(order.payment) }),
    disputes: isPaid(order) ? [...order.payment.disputes] : [],
  }
}
