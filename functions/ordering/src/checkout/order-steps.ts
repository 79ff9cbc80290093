import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { step } from "@eshop/building-blocks/durable/step"
import { OrderStatus } from "@eshop/domain/contracts/ordering-events"
import { CouponCode, CustomerId, OrderId, PaymentId, PaymentMethod } from "@eshop/domain/kernel/ids"
import { Money } from "@eshop/domain/kernel/money"
import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import { cancelOrder } from "@eshop/domain/ordering/cancel-order"
import { placeInSeries } from "@eshop/domain/ordering/invoice"
import type { Order } from "@eshop/domain/ordering/order"
import { CancelReason, type OrderEvent } from "@eshop/domain/ordering/order-events"
import { orderUnknown, orderWrongState } from "@eshop/domain/ordering/order-refusals"
import { orderOtherPayment, orderWrongAmount, payOrder } from "@eshop/domain/ordering/pay-order"
import { requirePaymentAction } from "@eshop/domain/ordering/require-payment-action"
import * as z from "zod"
import type { InvoiceSeries } from "../invoices/ports.ts"
import { changeOrder, type OrderPorts } from "../orders/change-order.ts"
import type { CheckoutSettings } from "./ports.ts"

const ofOrder = z.object({ orderId: OrderId })
const Changed = z.object({ status: OrderStatus })

/** Whether the order's checkout has still to be led to its end. */
export const isUnderWay = ({ status }: Order): boolean =>
  status === "Submitted" || status === "AwaitingStock" || status === "AwaitingPayment"

const change = <R extends Refusal>(
  ports: OrderPorts,
  orderId: string,
  call: Call,
  decide: (order: Order | undefined, tx: Tx) => OrderEvent[] | R | Promise<OrderEvent[] | R>,
): Promise<{ status: OrderStatus } | R> =>
  call.transact(async (tx) => {
    const order = await changeOrder(ports, tx, orderId, (stored) => decide(stored, tx), call)
    return isRefusal(order) ? (order as R) : { status: (order as Order).status }
  })

type ReadPorts = { readonly checkoutSettings: CheckoutSettings }

/** What the saga has to know of the order: how it stands, what it costs, how it is paid. */
export const CheckoutFacts = z.object({
  status: OrderStatus,
  total: Money,
  customerId: CustomerId,
  couponCode: CouponCode.optional(),
  /** Absent once the order is past its payment. */
  paymentMethod: PaymentMethod.optional(),
  /** When its units are free for others; absent while they are not set aside. */
  reservedUntil: z.iso.datetime().optional(),
  /** Until then a cancellation is free: nothing is authorised. */
  graceUntil: z.iso.datetime().optional(),
})
export type CheckoutFacts = z.infer<typeof CheckoutFacts>

/** What the saga has to know of this order. */
export function checkoutFactsOf(order: Order, { gracePeriodSeconds }: CheckoutSettings): CheckoutFacts {
  const [couponCode] = order.couponCodes
  return {
    status: order.status,
    total: order.total,
    customerId: order.customerId,
    ...(couponCode !== undefined && { couponCode }),
    ...("paymentMethod" in order && { paymentMethod: order.paymentMethod }),
    ...("reservedUntil" in order && { reservedUntil: order.reservedUntil }),
    ...(gracePeriodSeconds > 0 && {
      graceUntil: new Date(Date.parse(order.submittedAt) + gracePeriodSeconds * 1_000).toISOString(),
    }),
  }
}

/** Reads the order where no event brings it along. */
export const orderRead = step("read-order", {
  input: ofOrder,
  output: CheckoutFacts,
  refusals: [orderUnknown],
  run:
    ({ orders, checkoutSettings }: OrderPorts & ReadPorts) =>
    async ({ orderId }) => {
      const stored = await orders.find(orderId)
      return stored ? checkoutFactsOf(stored.order, checkoutSettings) : orderUnknown()
    },
})

/** The order shows where the payment's holder must confirm it. */
export const actionAsked = step("ask-for-action", {
  input: z.object({ orderId: OrderId, paymentId: PaymentId, redirectUrl: z.url() }),
  output: Changed,
  refusals: [orderUnknown, orderWrongState],
  run:
    (ports: OrderPorts) =>
    ({ orderId, ...action }, call) =>
      change(ports, orderId, call, (order) => requirePaymentAction(order, action, call.now)),
})

type Paid = { readonly orderId: string; readonly paymentId: string; readonly captured: Money }

export type PaidPorts = OrderPorts & { readonly invoiceSeries: InvoiceSeries }

/**
 * The money is taken: Catalog hears OrderPaid and turns reserved stock into sold stock. The invoice gets its number, the
 * next one of the year, in the transaction that makes it one: none is given twice, and none is left out.
 */
export const markPaid = (ports: PaidPorts, { orderId, ...payment }: Paid, call: Call) =>
  change(ports, orderId, call, async (order, tx) => {
    const year = call.now.getUTCFullYear()
    const numbered = (number: number) =>
      payOrder(order, { ...payment, invoiceNumber: placeInSeries(year, number) }, call.now)
    // Decided without it first: what is refused, or no news, takes none.
    const decided = numbered(0)
    const isNews = !isRefusal(decided) && decided.length > 0
    return isNews ? numbered(await ports.invoiceSeries.next(tx, year)) : decided
  })

/** Last step where the order was not marked together with the capture, or nothing was captured. */
export const orderPaid = step("mark-paid", {
  input: z.object({ orderId: OrderId, paymentId: PaymentId, captured: Money }),
  output: Changed,
  refusals: [orderUnknown, orderWrongState, orderWrongAmount, orderOtherPayment],
  run: (ports: PaidPorts) => (paid, call) => markPaid(ports, paid, call),
})

/** Ends the order; the other contexts hear OrderCancelled and give back what they hold for it. */
export const orderCancelled = step("cancel-order", {
  input: z.object({ orderId: OrderId, reason: CancelReason }),
  output: Changed,
  refusals: [orderUnknown, orderWrongState],
  run:
    (ports: OrderPorts) =>
    ({ orderId, reason }, call) =>
      change(ports, orderId, call, (order) => cancelOrder(order, { reason }, call.now)),
})
