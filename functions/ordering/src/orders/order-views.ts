import { Checkout, CheckoutLine } from "@eshop/domain/contracts/basket-events"
import { Address } from "@eshop/domain/contracts/checkouts"
import { OrderStatus } from "@eshop/domain/contracts/ordering-events"
import { StockLine, StockLines } from "@eshop/domain/contracts/stock-lines"
import {
  CancellationId,
  CouponCode,
  CustomerId,
  OrderId,
  ReasonCode,
  RefundId,
  ReturnId,
  ShipmentId,
  WithdrawalId,
} from "@eshop/domain/kernel/ids"
import { Money } from "@eshop/domain/kernel/money"
import { isPaid, isSent, type Order } from "@eshop/domain/ordering/order"
import { CancelReason } from "@eshop/domain/ordering/order-events"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { withdrawalDeadline } from "@eshop/domain/ordering/withdraw"
import * as z from "zod"

const OrderNumber = z.string().describe("For people: `7K3M-Q2XW-9DT4`")
const Instant = z.iso.datetime()

/** An order as its customer sees it in a list. */
export const OrderView = z.strictObject({
  id: OrderId,
  number: OrderNumber,
  customerId: CustomerId,
  status: OrderStatus,
  total: Money,
  lineCount: z.int(),
  submittedAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
})
export type OrderView = z.infer<typeof OrderView>

const Shipment = z.strictObject({
  shipmentId: ShipmentId,
  lines: StockLines,
  carrier: z.string().optional(),
  trackingNumber: z.string().optional(),
  shippedAt: Instant,
  deliveredAt: Instant.optional(),
})

/** Goods that come back; `withdrawal`: because the customer withdrew. */
export const Return = z.strictObject({
  returnId: ReturnId,
  lines: StockLines,
  reason: ReasonCode,
  withdrawal: z.boolean(),
  status: z.enum(["requested", "accepted", "rejected"]),
  requestedAt: Instant,
  acceptedAt: Instant.optional(),
  rejectedAt: Instant.optional(),
  /** Why it was rejected. */
  rejection: ReasonCode.optional(),
})

const Refund = z.strictObject({
  refundId: RefundId,
  amount: Money,
  reason: ReasonCode,
  status: z.enum(["requested", "settled", "failed"]),
  requestedAt: Instant,
  settledAt: Instant.optional(),
  failedAt: Instant.optional(),
})

/** What is withdrawn, and what that comes to. */
export const WithdrawalContent = {
  withdrawalId: WithdrawalId,
  lines: StockLines,
  cancelled: z.array(StockLine).describe("Of the lines, what is not shipped and so is cancelled"),
  returned: z.array(StockLine).describe("Of the lines, what has to come back"),
  refundNow: Money.describe("What goes back at once"),
  refundOnReturn: Money.describe("What goes back once the goods came back"),
}

/** What became of a paid order, beside its state. */
const Afterwards = {
  cancellations: z.array(
    z.strictObject({
      cancellationId: CancellationId,
      lines: StockLines,
      reason: CancelReason,
      refund: Money.optional(),
      cancelledAt: Instant,
    }),
  ),
  shipments: z.array(Shipment),
  withdrawals: z.array(z.strictObject({ ...WithdrawalContent, withdrawnAt: Instant })),
  returns: z.array(Return),
  refunds: z.array(Refund),
}

/** An order as who may see it sees it. */
export const OrderDetails = z.strictObject({
  id: OrderId,
  number: OrderNumber,
  customerId: CustomerId,
  status: OrderStatus,
  lines: z.array(CheckoutLine),
  subtotal: Money,
  discount: Money,
  shipping: Checkout.shape.shipping,
  /** Σ taxes of lines and shipping; those that are included in their price as well. */
  tax: Money.optional(),
  total: Money,
  couponCodes: z.array(CouponCode),
  discountUnavailable: z.boolean(),
  /** Absent once the customer was forgotten. */
  shippingAddress: Address.optional(),
  paymentId: z.string().optional(),
  /** Where the payment's holder has to confirm it; the order waits for that. */
  paymentAction: z.strictObject({ redirectUrl: z.url() }).optional(),
  cancelReason: CancelReason.optional(),
  ...Afterwards,
  /** Until then, exclusive, the customer may withdraw; absent while parcels are still to come. */
  withdrawableUntil: Instant.optional(),
  submittedAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  /** 0 for an order that its saga has not taken up yet. */
  version: z.int().min(0),
})
export type OrderDetails = z.infer<typeof OrderDetails>

const headOf = (order: Order) => ({
  id: order.id,
  number: orderNumberOf(order.id),
  customerId: order.customerId,
  status: order.status,
  total: order.total,
  submittedAt: order.submittedAt,
  changedAt: order.changedAt,
})

export const viewOf = (order: Order): OrderView => ({ ...headOf(order), lineCount: order.lines.length })

/** What the read model has of an order: what a list shows, and all that is not personal. */
export type ProjectedOrder = {
  readonly view: OrderView
  readonly details: OrderDetails
  readonly version: number
}

export const projectionOf = (order: Order, version: number): ProjectedOrder => ({
  view: viewOf(order),
  details: detailsOf(order, version),
  version,
})

/** What nothing has happened to yet. */
export const nothingYet = { cancellations: [], shipments: [], withdrawals: [], returns: [], refunds: [] }

/** What became of an order that was paid. */
function afterwardsOf(order: Order) {
  if (!isPaid(order)) return nothingYet
  return {
    cancellations: [...order.cancellations],
    shipments: isSent(order) ? [...order.shipments] : [],
    withdrawals: [...order.withdrawals],
    returns: isSent(order) ? [...order.returns] : [],
    // Neither the provider's id nor its code: they are for who looks at the provider's books.
    refunds: order.payment.refunds.map(({ refundId, amount, reason, requestedAt, ...refund }) => ({
      refundId,
      amount,
      reason,
      requestedAt,
      status: refund.status,
      ...(refund.status === "settled" && { settledAt: refund.settledAt }),
      ...(refund.status === "failed" && { failedAt: refund.failedAt }),
    })),
  }
}

const actionOf = (order: Order) =>
  order.status === "AwaitingPayment" && order.paymentAction
    ? { paymentAction: { redirectUrl: order.paymentAction.redirectUrl } }
    : {}

export function detailsOf(order: Order, version: number, shippingAddress?: Address): OrderDetails {
  const deadline = withdrawalDeadline(order)
  return {
    ...headOf(order),
    lines: order.lines,
    subtotal: order.subtotal,
    discount: order.discount,
    ...(order.shipping && { shipping: order.shipping }),
    ...(order.tax && { tax: order.tax }),
    couponCodes: order.couponCodes,
    discountUnavailable: order.discountUnavailable,
    ...(shippingAddress && { shippingAddress }),
    ...(isPaid(order) && { paymentId: order.payment.paymentId }),
    ...actionOf(order),
    ...(order.status === "Cancelled" && { cancelReason: order.reason }),
    ...afterwardsOf(order),
    ...(deadline && { withdrawableUntil: deadline.toISOString() }),
    version,
  }
}
