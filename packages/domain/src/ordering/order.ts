import type { Address, Checkout, OrderLine } from "../events/basket-events.ts"
import type { Money } from "../money.ts"
import { type Refusal, refuse } from "../refusal.ts"

export type OrderStatus =
  | "Submitted"
  | "AwaitingStock"
  | "AwaitingPayment"
  | "Paid"
  | "Shipped"
  | "Delivered"
  | "Cancelled"
  | "Refunded"

/** Why an order was cancelled: a stable code and what a person should know. */
export type CancelReason = {
  readonly code: string
  readonly detail: string
  readonly data?: Record<string, unknown>
}

/** What happened to an order, in order. The stream of these is the truth; every other shape is derived. */
export type OrderEvent =
  | { readonly type: "OrderSubmitted"; readonly at: string; readonly data: Checkout }
  | { readonly type: "StockRequested"; readonly at: string }
  | { readonly type: "StockConfirmed"; readonly at: string }
  | { readonly type: "OrderPaid"; readonly at: string; readonly data: { paymentId: string; captured: Money } }
  | { readonly type: "OrderShipped"; readonly at: string; readonly data: { trackingNumber: string } }
  | { readonly type: "OrderDelivered"; readonly at: string }
  | { readonly type: "OrderCancelled"; readonly at: string; readonly data: CancelReason }
  | { readonly type: "OrderRefunded"; readonly at: string; readonly data: { refunded: Money } }

export type Order = {
  readonly id: string
  readonly customerId: string
  readonly status: OrderStatus
  readonly lines: readonly OrderLine[]
  readonly subtotal: Money
  readonly discount: Money
  readonly total: Money
  readonly couponCode?: string
  readonly discountUnavailable: boolean
  readonly shippingAddress: Address
  readonly paymentId?: string
  readonly trackingNumber?: string
  readonly cancelReason?: CancelReason
  readonly submittedAt: string
  readonly changedAt: string
}

/** The next state. A fact is never refused here: it has happened. */
export function evolve(order: Order | undefined, event: OrderEvent): Order {
  if (event.type === "OrderSubmitted") {
    const { checkoutId, paymentMethod: _kept_out_of_the_order, ...checkout } = event.data
    return { id: checkoutId, status: "Submitted", submittedAt: event.at, changedAt: event.at, ...checkout }
  }
  if (!order) throw new Error(`the stream begins with ${event.type}`)
  const changed = { ...order, changedAt: event.at }
  switch (event.type) {
    case "StockRequested":
      return { ...changed, status: "AwaitingStock" }
    case "StockConfirmed":
      return { ...changed, status: "AwaitingPayment" }
    case "OrderPaid":
      return { ...changed, status: "Paid", paymentId: event.data.paymentId }
    case "OrderShipped":
      return { ...changed, status: "Shipped", trackingNumber: event.data.trackingNumber }
    case "OrderDelivered":
      return { ...changed, status: "Delivered" }
    case "OrderCancelled":
      return { ...changed, status: "Cancelled", cancelReason: event.data }
    case "OrderRefunded":
      return { ...changed, status: "Refunded" }
  }
}

/** The order that a stream tells of. */
export const replay = (events: readonly OrderEvent[]): Order | undefined =>
  events.reduce<Order | undefined>(evolve, undefined)

export type OrderCommand =
  | { readonly type: "submit"; readonly checkout: Checkout }
  | { readonly type: "confirm-stock" }
  | { readonly type: "pay"; readonly paymentId: string; readonly captured: Money }
  | { readonly type: "ship"; readonly trackingNumber: string }
  | { readonly type: "deliver" }
  | { readonly type: "cancel"; readonly reason: CancelReason }
  | { readonly type: "refund"; readonly refunded: Money }

/** From which states a command leads on; anything else is refused. */
const allowedFrom: Record<Exclude<OrderCommand["type"], "submit">, readonly OrderStatus[]> = {
  "confirm-stock": ["AwaitingStock"],
  pay: ["AwaitingPayment"],
  ship: ["Paid"],
  deliver: ["Shipped"],
  cancel: ["Submitted", "AwaitingStock", "AwaitingPayment", "Paid"],
  refund: ["Paid", "Shipped", "Delivered", "Cancelled"],
}

/** The state that a command leads to: repeating a command there is no news and no error. */
const leadsTo: Record<Exclude<OrderCommand["type"], "submit">, OrderStatus> = {
  "confirm-stock": "AwaitingPayment",
  pay: "Paid",
  ship: "Shipped",
  deliver: "Delivered",
  cancel: "Cancelled",
  refund: "Refunded",
}

/**
 * Decides a command: the events that it causes (none when it was done before), or a refusal.
 * @param now when it is decided; becomes the events' time
 */
export function decide(
  order: Order | undefined,
  command: OrderCommand,
  now: Date,
): readonly OrderEvent[] | Refusal {
  const at = now.toISOString()
  if (command.type === "submit") {
    if (order) return []
    return [
      { type: "OrderSubmitted", at, data: command.checkout },
      { type: "StockRequested", at },
    ]
  }
  if (!order) return refuse("not-found", "order.unknown", "There is no such order.")
  if (order.status === leadsTo[command.type]) return []
  if (!allowedFrom[command.type].includes(order.status))
    return refuse(
      "conflict",
      "order.wrong-state",
      `An order that is ${order.status} cannot take the step '${command.type}'.`,
      { status: order.status, step: command.type },
    )
  switch (command.type) {
    case "confirm-stock":
      return [{ type: "StockConfirmed", at }]
    case "pay":
      if (command.captured.amount !== order.total.amount)
        return refuse("conflict", "order.wrong-amount", "The captured amount is not the order's total.", {
          captured: command.captured,
          total: order.total,
        })
      return [{ type: "OrderPaid", at, data: { paymentId: command.paymentId, captured: command.captured } }]
    case "ship":
      return [{ type: "OrderShipped", at, data: { trackingNumber: command.trackingNumber } }]
    case "deliver":
      return [{ type: "OrderDelivered", at }]
    case "cancel":
      return [{ type: "OrderCancelled", at, data: command.reason }]
    case "refund":
      return [{ type: "OrderRefunded", at, data: { refunded: command.refunded } }]
  }
}
