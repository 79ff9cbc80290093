import * as z from "zod"
import { Money, sameMoney } from "../kernel/money.ts"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { isPaid, type Order } from "./order.ts"
import { type OrderEvent, type OrderEventOf, orderEvent } from "./order-events.ts"
import { orderUnknown, orderWrongState } from "./order-refusals.ts"

export type PayOrder = OrderEventOf<"OrderPaid">["data"]

export const orderWrongAmount = defineRefusal(
  "order.wrong-amount",
  "conflict",
  "The captured amount is not the order's total.",
  z.object({ captured: Money, total: Money }),
)

export const orderOtherPayment = defineRefusal(
  "order.other-payment",
  "conflict",
  "The order was paid by another payment.",
)

/**
 * The money is captured, all of it, and the order has its invoice. Said again of the same payment and amount it is no
 * news: the invoice keeps its number.
 */
export function payOrder(
  order: Order | undefined,
  { paymentId, captured, invoiceNumber }: PayOrder,
  now: Date,
):
  | OrderEvent[]
  | RefusalOf<
      [typeof orderUnknown, typeof orderWrongState, typeof orderWrongAmount, typeof orderOtherPayment]
    > {
  if (!order) return orderUnknown()
  if (isPaid(order)) {
    const { payment } = order
    return payment.paymentId === paymentId && sameMoney(payment.captured, captured) ? [] : orderOtherPayment()
  }
  if (order.status !== "AwaitingPayment") return orderWrongState({ status: order.status, step: "pay" })
  if (!sameMoney(captured, order.total)) return orderWrongAmount({ captured, total: order.total })
  return [orderEvent("OrderPaid", now, { paymentId, captured, invoiceNumber })]
}
