import type { Call } from "@eshop/building-blocks/app/call"
import { step } from "@eshop/building-blocks/durable/step"
import { OrderId, PaymentId, RefundId } from "@eshop/domain/kernel/ids"
import { Money } from "@eshop/domain/kernel/money"
import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import { failRefund } from "@eshop/domain/ordering/fail-refund"
import { isPaid, type Order } from "@eshop/domain/ordering/order"
import type { OrderEvent } from "@eshop/domain/ordering/order-events"
import { orderUnknown } from "@eshop/domain/ordering/order-refusals"
import { refundEnded, refundOf, refundUnknown, settleRefund } from "@eshop/domain/ordering/settle-refund"
import { RefundOutcome } from "@eshop/domain/payment/payment"
import * as z from "zod"
import { changeOrder, type OrderPorts } from "../orders/change-order.ts"
import type { Payments } from "../payments/ports.ts"

const ofRefund = z.object({ orderId: OrderId, refundId: RefundId })
/** The longest code of a refusal that an order keeps. */
export const LONGEST_CODE = 64

const change = <R extends Refusal>(
  ports: OrderPorts,
  orderId: string,
  call: Call,
  decide: (order: Order | undefined) => OrderEvent[] | R,
): Promise<undefined | R> =>
  call.transact(async (tx) => {
    const order = await changeOrder(ports, tx, orderId, decide, call)
    return isRefusal(order) ? (order as R) : undefined
  })

/** What the saga has to know of the refund. */
export const refundRead = step("read-refund", {
  input: ofRefund,
  output: z.object({
    status: z.enum(["requested", "settled", "failed"]),
    paymentId: PaymentId,
    amount: Money,
  }),
  refusals: [orderUnknown, refundUnknown],
  run:
    ({ orders }: OrderPorts) =>
    async ({ orderId, refundId }) => {
      const stored = await orders.find(orderId)
      if (!stored) return orderUnknown()
      const { order } = stored
      const refund = refundOf(order, refundId)
      if (!refund || !isPaid(order)) return refundUnknown()
      return { status: refund.status, paymentId: order.payment.paymentId, amount: refund.amount }
    },
})

/** Gives the money back. */
export const refundPaid = step("refund-payment", {
  input: ofRefund.extend({ paymentId: PaymentId, amount: Money }),
  output: RefundOutcome,
  run:
    ({ payments }: { readonly payments: Payments }) =>
    (refund) =>
      payments.refund(refund),
})

/** Asks how a refund stands that was pending. */
export const refundChecked = step("check-refund", {
  input: z.object({ providerRefundId: z.string() }),
  output: RefundOutcome,
  run:
    ({ payments }: { readonly payments: Payments }) =>
    ({ providerRefundId }) =>
      payments.checkRefund(providerRefundId),
})

/** The money has gone back; the other contexts hear OrderRefunded. */
export const refundSettled = step("mark-refunded", {
  input: ofRefund.extend({ providerRefundId: z.string() }),
  output: z.void(),
  refusals: [orderUnknown, refundUnknown, refundEnded],
  run:
    (ports: OrderPorts) =>
    ({ orderId, ...settled }, call) =>
      change(ports, orderId, call, (order) => settleRefund(order, settled, call.now)),
})

/** The provider did not take the refund: its money is free for another one. */
export const refundFailed = step("mark-refund-failed", {
  input: ofRefund.extend({ code: z.string() }),
  output: z.void(),
  refusals: [orderUnknown, refundUnknown, refundEnded],
  run:
    (ports: OrderPorts) =>
    ({ orderId, refundId, code }, call) =>
      change(ports, orderId, call, (order) =>
        failRefund(order, { refundId, code: code.slice(0, LONGEST_CODE) }, call.now),
      ),
})
