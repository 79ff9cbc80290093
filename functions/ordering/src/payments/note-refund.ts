import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { alarm } from "@eshop/building-blocks/telemetry/observe"
import { failRefund } from "@eshop/domain/ordering/fail-refund"
import { noteProviderRefund, providersRefund } from "@eshop/domain/ordering/note-provider-refund"
import { isPaid, type Order } from "@eshop/domain/ordering/order"
import { changeStoredOrder, type OrderPorts } from "../orders/change-order.ts"
import type { RefundRecord } from "./ports.ts"

/** Whether it is settled that the order is paid, or is not. */
export const isDecided = (order: Order | undefined): boolean => order?.status !== "AwaitingPayment"

/** Whether a refund of the order's own is under way: where the money is gone, that one fails and makes room. */
export const awaitsRefund = (order: Order | undefined): boolean =>
  order !== undefined && isPaid(order) && order.payment.refunds.some(({ status }) => status === "requested")

/**
 * Somebody has given money back on the provider's own pages: the order says so, once, whoever finds it out first, and
 * what the bank then makes of it. A refund of another payment is none of the order's.
 * @returns the order with what was new of it, or why it does not fit the order
 */
export const noteRefund = (
  ports: OrderPorts,
  tx: Tx,
  orderId: string,
  { paymentId, providerRefundId, amount, outcome }: RefundRecord,
  call: Pick<Call, "now" | "newId">,
) =>
  changeStoredOrder(
    ports,
    tx,
    orderId,
    (stored) => {
      const order = stored?.order
      if (order && isPaid(order) && order.payment.paymentId !== paymentId) return []
      if (outcome.type === "refunded" && amount)
        return noteProviderRefund(order, { refundId: call.newId(), providerRefundId, amount }, call.now)
      const known = order && providersRefund(order, providerRefundId)
      if (outcome.type !== "refused" || !known) return []
      return failRefund(order, { refundId: known.refundId, code: outcome.code }, call.now)
    },
    call,
  )

/** A person has to look at a refund that does not fit its order. */
export const refundMisfits = (orderId: string, providerRefundId: string, code: string): void =>
  alarm("payment-mismatch", `the provider has paid back what the order does not have left: ${code}`, {
    orderId,
    providerRefundId,
  })
