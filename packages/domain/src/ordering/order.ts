import type { OrderStatus } from "../contracts/ordering-events.ts"
import { mergeLines, type StockLine } from "../contracts/stock-lines.ts"
import type { Money } from "../kernel/money.ts"
import type { CancelReason, OrderEvent, OrderEventOf } from "./order-events.ts"

type Submission = OrderEventOf<"OrderSubmitted">["data"]

export type Refund = OrderEventOf<"OrderRefunded">["data"] & { readonly refundedAt: string }

/** What was captured and what of it went back. */
export type Payment = {
  readonly paymentId: string
  readonly captured: Money
  readonly refunds: readonly Refund[]
}

export type Shipment = OrderEventOf<"OrderShipped">["data"] & {
  readonly shippedAt: string
  readonly deliveredAt?: string
}

/** What every order has. */
type Placed = Omit<Submission, "orderId" | "paymentMethod"> & {
  readonly id: string
  readonly submittedAt: string
  readonly changedAt: string
}
type Unpaid = Placed & { readonly paymentMethod: string }
type Paid = Placed & { readonly payment: Payment }
type Sent = Paid & { readonly shipments: readonly Shipment[] }

type In<Status extends OrderStatus, Has> = Status extends unknown ? Has & { readonly status: Status } : never

/** An order in one of its states, with exactly what it has there. */
export type Order =
  | In<"Submitted" | "AwaitingStock" | "AwaitingPayment", Unpaid>
  | In<"Paid", Paid>
  | In<"PartiallyShipped" | "Shipped" | "Delivered" | "Closed", Sent>
  /** It has a payment when it was cancelled after the capture. */
  | In<"Cancelled", Placed & { readonly reason: CancelReason; readonly payment?: Payment }>

/** The next state. A fact is never refused here: it has happened. */
export function evolve(order: Order | undefined, event: OrderEvent): Order {
  if (!order) return begin(event)
  const next = follow({ ...order, changedAt: event.at }, event)
  if (!next) throw new Error(`the stream tells of ${event.type} while the order is ${order.status}`)
  return next
}

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
      return order.status === "AwaitingStock" ? { ...order, status: "AwaitingPayment" } : undefined
    case "OrderPaid":
      return order.status === "AwaitingPayment" ? paid(order, event.data) : undefined
    case "OrderShipped":
      return order.status === "Paid" || order.status === "PartiallyShipped"
        ? shipped(order, event)
        : undefined
    case "ShipmentDelivered":
      return order.status === "PartiallyShipped" || order.status === "Shipped"
        ? delivered(order, event)
        : undefined
    case "OrderClosed":
      return order.status === "Delivered" ? { ...order, status: "Closed" } : undefined
    case "OrderCancelled":
      return order.status === "Cancelled" || "shipments" in order ? undefined : cancelled(order, event.data)
    case "OrderRefunded":
      return "payment" in order && order.payment
        ? { ...order, payment: refunded(order.payment, event) }
        : undefined
  }
}

function paid({ paymentMethod: _, ...placed }: Unpaid, data: OrderEventOf<"OrderPaid">["data"]): Order {
  return { ...placed, status: "Paid", payment: { ...data, refunds: [] } }
}

function shipped(order: Paid | Sent, { data, at }: OrderEventOf<"OrderShipped">): Order {
  const shipments = [...("shipments" in order ? order.shipments : []), { ...data, shippedAt: at }]
  const status = unshipped({ ...order, shipments }).length === 0 ? "Shipped" : "PartiallyShipped"
  return { ...order, shipments, status }
}

function delivered(
  order: Sent & { status: "PartiallyShipped" | "Shipped" },
  { data, at }: OrderEventOf<"ShipmentDelivered">,
): Order {
  const shipments = order.shipments.map((one) =>
    one.shipmentId === data.shipmentId ? { ...one, deliveredAt: at } : one,
  )
  const isLast = order.status === "Shipped" && shipments.every(({ deliveredAt }) => deliveredAt)
  return { ...order, shipments, status: isLast ? "Delivered" : order.status }
}

function cancelled(order: Unpaid | Paid, reason: CancelReason): Order {
  if ("payment" in order) return { ...order, status: "Cancelled", reason }
  const { paymentMethod: _, ...placed } = order
  return { ...placed, status: "Cancelled", reason }
}

const refunded = (payment: Payment, { data, at }: OrderEventOf<"OrderRefunded">): Payment => ({
  ...payment,
  refunds: [...payment.refunds, { ...data, refundedAt: at }],
})

/** The order that a stream tells of; undefined when it tells nothing. */
export const replay = (events: readonly OrderEvent[]): Order | undefined =>
  events.reduce<Order | undefined>(evolve, undefined)

/** What of the order is in no shipment yet, one line per SKU. */
export function unshipped(
  order: Pick<Order, "lines"> & { readonly shipments?: readonly Shipment[] },
): StockLine[] {
  const sent = new Map<string, number>()
  for (const { sku, quantity } of (order.shipments ?? []).flatMap(({ lines }) => lines))
    sent.set(sku, (sent.get(sku) ?? 0) + quantity)
  return mergeLines(order.lines).flatMap(({ sku, quantity }) => {
    const left = quantity - (sent.get(sku) ?? 0)
    return left > 0 ? [{ sku, quantity: left }] : []
  })
}
