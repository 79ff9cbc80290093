import type { OrderStatus } from "../contracts/ordering-events.ts"
import type { Money } from "../kernel/money.ts"
import type { CancelReason, OrderEvent, OrderEventOf } from "./order-events.ts"
import { unshipped } from "./order-lines.ts"

type Submission = OrderEventOf<"OrderSubmitted">["data"]

/** Money that goes back. One that failed, also after it seemed settled, is the customer's no longer. */
export type Refund = OrderEventOf<"RefundRequested">["data"] & { readonly requestedAt: string } & (
    | { readonly status: "requested" }
    | { readonly status: "settled"; readonly settledAt: string; readonly providerRefundId?: string }
    | { readonly status: "failed"; readonly failedAt: string; readonly code: string }
  )

/** The payment's holder and the shop disagree, and the bank decides. */
export type Dispute = OrderEventOf<"DisputeOpened">["data"] & { readonly openedAt: string } & (
    | { readonly status: "open" }
    | { readonly status: "won" | "lost"; readonly closedAt: string }
  )

/**
 * What corrects the invoice: a credit note for money that went back, and for money that the bank sent back later a
 * cancellation of that note. Each is made when that is so, and stays as it is.
 */
export type Correction = Pick<Refund, "refundId" | "amount" | "reason"> & {
  readonly type: "credit-note" | "cancellation"
  readonly madeAt: string
}

/** What was captured, what of it went back or is to, and who contests it. */
export type Payment = {
  readonly paymentId: string
  readonly captured: Money
  readonly invoiceNumber: string
  readonly refunds: readonly Refund[]
  /** In the order in which they were made, which is that of their numbers. */
  readonly corrections: readonly Correction[]
  readonly disputes: readonly Dispute[]
}

export type Shipment = OrderEventOf<"OrderShipped">["data"] & {
  readonly shippedAt: string
  readonly deliveredAt?: string
}

/** Lines that will not be shipped. */
export type Cancellation = OrderEventOf<"OrderLinesCancelled">["data"] & { readonly cancelledAt: string }

/** What the customer declared, and when. */
export type Withdrawal = OrderEventOf<"OrderWithdrawn">["data"] & { readonly withdrawnAt: string }

/** Goods that come back. */
export type Return = OrderEventOf<"ReturnRequested">["data"] & { readonly requestedAt: string } & (
    | { readonly status: "requested" }
    | { readonly status: "accepted"; readonly acceptedAt: string }
    | { readonly status: "rejected"; readonly rejectedAt: string; readonly rejection: string }
  )

/** What every order has. */
type Placed = Omit<Submission, "orderId" | "paymentMethod"> & {
  readonly id: string
  readonly submittedAt: string
  readonly changedAt: string
}
type Unpaid = Placed & { readonly paymentMethod: string }
type AwaitingPayment = Unpaid & {
  /** When its units are free for others. */
  readonly reservedUntil?: string
  /** Where the payment's holder must confirm it, once the provider wants that. */
  readonly paymentAction?: OrderEventOf<"PaymentActionRequired">["data"]
}
type Paid = Placed & {
  readonly payment: Payment
  readonly cancellations: readonly Cancellation[]
  readonly withdrawals: readonly Withdrawal[]
}
type Sent = Paid & { readonly shipments: readonly Shipment[]; readonly returns: readonly Return[] }

type In<Status extends OrderStatus, Has> = Status extends unknown ? Has & { readonly status: Status } : never

/** An order that was paid, whatever became of it. */
export type PaidOrder =
  | In<"Paid", Paid>
  | In<"PartiallyShipped" | "Shipped" | "Delivered" | "Closed", Sent>
  | In<"Cancelled", Paid & { readonly reason: CancelReason }>
/** An order of which something left the house. */
export type SentOrder = Extract<PaidOrder, Sent>

/** An order in one of its states, with exactly what it has there. */
export type Order =
  | In<"Submitted" | "AwaitingStock", Unpaid>
  | In<"AwaitingPayment", AwaitingPayment>
  | In<"Cancelled", Placed & { readonly reason: CancelReason }>
  | PaidOrder

export const isPaid = (order: Order): order is PaidOrder => "payment" in order
export const isSent = (order: Order): order is SentOrder => "shipments" in order

/** Whether an id names something of the order: what a cancellation or a return pays back has the id of that. */
export const isTaken = (order: PaidOrder, id: string): boolean =>
  [
    order.id,
    ...order.cancellations.map(({ cancellationId }) => cancellationId),
    ...order.withdrawals.map(({ withdrawalId }) => withdrawalId),
    ...(isSent(order) ? order.returns.map(({ returnId }) => returnId) : []),
    ...order.payment.refunds.map(({ refundId }) => refundId),
  ].includes(id)
/** Whether something is still to be done after the payment: it is to be shipped or closed, or a refund is not settled. */
export const isUnfinished = (order: Order): boolean =>
  isPaid(order) &&
  ((order.status !== "Closed" && order.status !== "Cancelled") ||
    order.payment.refunds.some(({ status }) => status === "requested"))

/** The next state. A fact is never refused here: it has happened. */
export function evolve(order: Order | undefined, event: OrderEvent): Order {
  if (!order) return begin(event)
  const next = follow({ ...order, changedAt: event.at }, event)
  if (!next) throw new Error(`the stream tells of ${event.type} while the order is ${order.status}`)
  return next
}

/** The order that a stream tells of; undefined when it tells nothing. */
export const replay = (events: readonly OrderEvent[]): Order | undefined =>
  events.reduce<Order | undefined>(evolve, undefined)

function begin(event: OrderEvent): Order {
  if (event.type !== "OrderSubmitted") throw new Error(`the stream begins with ${event.type}`)
  const { orderId, ...submission } = event.data
  return { ...submission, id: orderId, status: "Submitted", submittedAt: event.at, changedAt: event.at }
}

/** Undefined for an event that nothing decides in this state. */
function follow(order: Order, event: OrderEvent): Order | undefined {
  switch (event.type) {
    case "OrderSubmitted":
      return undefined
    case "StockRequested":
      return order.status === "Submitted" ? { ...order, status: "AwaitingStock" } : undefined
    case "StockConfirmed":
      return order.status === "AwaitingStock"
        ? { ...order, ...event.data, status: "AwaitingPayment" }
        : undefined
    case "PaymentActionRequired":
      return order.status === "AwaitingPayment" ? { ...order, paymentAction: event.data } : undefined
    case "OrderPaid":
      return order.status === "AwaitingPayment" ? paid(order, event.data) : undefined
    case "OrderCancelled":
      return order.status === "Cancelled" || isSent(order) ? undefined : cancelled(order, event.data)
    default:
      return isPaid(order) ? followPaid(order, event) : undefined
  }
}

type EventOfPaid = Exclude<
  OrderEvent,
  {
    type:
      | "OrderSubmitted"
      | "StockRequested"
      | "StockConfirmed"
      | "PaymentActionRequired"
      | "OrderPaid"
      | "OrderCancelled"
  }
>

function followPaid(order: PaidOrder, event: EventOfPaid): Order | undefined {
  switch (event.type) {
    case "OrderShipped":
      return order.status === "Paid" || order.status === "PartiallyShipped"
        ? shipped(order, event)
        : undefined
    case "ShipmentDelivered":
      return isSent(order) && order.status !== "Closed" ? delivered(order, event) : undefined
    case "OrderClosed":
      return order.status === "Delivered" ? { ...order, status: "Closed" } : undefined
    case "OrderLinesCancelled":
      return order.status === "Paid" || order.status === "PartiallyShipped"
        ? linesCancelled(order, event)
        : undefined
    case "OrderWithdrawn":
      return order.status === "Cancelled"
        ? undefined
        : { ...order, withdrawals: [...order.withdrawals, { ...event.data, withdrawnAt: event.at }] }
    case "ReturnRequested":
    case "ReturnAccepted":
    case "ReturnRejected":
      return isSent(order) ? { ...order, returns: returnsAfter(order.returns, event) } : undefined
    default:
      return { ...order, payment: paymentAfter(order.payment, event) }
  }
}

function paid(
  { paymentMethod: _, paymentAction: __, reservedUntil: ___, ...placed }: AwaitingPayment,
  data: OrderEventOf<"OrderPaid">["data"],
): Order {
  const payment = { ...data, refunds: [], corrections: [], disputes: [] }
  return { ...placed, status: "Paid", payment, cancellations: [], withdrawals: [] }
}

function cancelled(order: Exclude<Order, SentOrder>, reason: CancelReason): Order {
  if (isPaid(order)) return { ...order, status: "Cancelled", reason }
  const { paymentMethod: _, paymentAction: __, reservedUntil: ___, ...placed } = order as AwaitingPayment
  return { ...placed, status: "Cancelled", reason }
}

/** Shipped: every line that is not cancelled is in a parcel. Delivered: all of these have arrived. */
function underWay(order: Sent): SentOrder {
  if (unshipped(order).length > 0) return { ...order, status: "PartiallyShipped" }
  const haveArrived = order.shipments.every(({ deliveredAt }) => deliveredAt)
  return { ...order, status: haveArrived ? "Delivered" : "Shipped" }
}

function shipped(order: Paid | Sent, { data, at }: OrderEventOf<"OrderShipped">): Order {
  const before = "shipments" in order ? order.shipments : []
  const returns = "returns" in order ? order.returns : []
  return underWay({ ...order, shipments: [...before, { ...data, shippedAt: at }], returns })
}

function delivered(order: Sent, { data, at }: OrderEventOf<"ShipmentDelivered">): Order {
  const shipments = order.shipments.map((one) =>
    one.shipmentId === data.shipmentId ? { ...one, deliveredAt: at } : one,
  )
  return underWay({ ...order, shipments })
}

function linesCancelled(
  order: In<"Paid", Paid> | In<"PartiallyShipped", Sent>,
  { data, at }: OrderEventOf<"OrderLinesCancelled">,
): Order {
  const cancellations = [...order.cancellations, { ...data, cancelledAt: at }]
  return isSent(order) ? underWay({ ...order, cancellations }) : { ...order, cancellations }
}

function returnsAfter(
  returns: readonly Return[],
  event: OrderEventOf<"ReturnRequested" | "ReturnAccepted" | "ReturnRejected">,
): readonly Return[] {
  const { type, data, at } = event
  if (type === "ReturnRequested") return [...returns, { ...data, requestedAt: at, status: "requested" }]
  return returns.map((one): Return => {
    if (one.returnId !== data.returnId) return one
    return type === "ReturnAccepted"
      ? { ...one, status: "accepted", acceptedAt: at }
      : { ...one, status: "rejected", rejectedAt: at, rejection: data.reason }
  })
}

type PaymentEvent = OrderEventOf<
  "RefundRequested" | "OrderRefunded" | "RefundFailed" | "DisputeOpened" | "DisputeClosed"
>

function paymentAfter(payment: Payment, event: PaymentEvent): Payment {
  const { refunds, corrections, disputes } = payment
  const { at } = event
  switch (event.type) {
    case "RefundRequested":
      return { ...payment, refunds: [...refunds, { ...event.data, requestedAt: at, status: "requested" }] }
    case "OrderRefunded": {
      const { refundId, providerRefundId: id } = event.data
      const settled = {
        status: "settled",
        settledAt: at,
        ...(id !== undefined && { providerRefundId: id }),
      } as const
      return {
        ...payment,
        refunds: refunds.map((one) => (one.refundId === refundId ? { ...one, ...settled } : one)),
        corrections: [...corrections, ...refunds.flatMap(correction("credit-note", refundId, at))],
      }
    }
    case "RefundFailed": {
      const { refundId, code } = event.data
      const settled = refunds.filter(({ status }) => status === "settled")
      return {
        ...payment,
        refunds: refunds.map((one) => (one.refundId === refundId ? failed(one, code, at) : one)),
        corrections: [...corrections, ...settled.flatMap(correction("cancellation", refundId, at))],
      }
    }
    case "DisputeOpened":
      return { ...payment, disputes: [...disputes, { ...event.data, openedAt: at, status: "open" }] }
    case "DisputeClosed": {
      const { disputeId, outcome } = event.data
      const closed = { status: outcome, closedAt: at }
      return {
        ...payment,
        disputes: disputes.map((one) => (one.disputeId === disputeId ? { ...one, ...closed } : one)),
      }
    }
  }
}

const correction =
  (type: Correction["type"], id: string, madeAt: string) =>
  ({ refundId, amount, reason }: Refund): Correction[] =>
    refundId === id ? [{ type, refundId, amount, reason, madeAt }] : []

const failed = (
  { refundId, amount, reason, requestedAt }: Refund,
  code: string,
  failedAt: string,
): Refund => ({ refundId, amount, reason, requestedAt, status: "failed", failedAt, code })
