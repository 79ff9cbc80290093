import { Checkout, CheckoutLine } from "@eshop/domain/contracts/basket-events"
import { Address } from "@eshop/domain/contracts/checkouts"
import { OrderStatus } from "@eshop/domain/contracts/ordering-events"
import { CouponCode, CustomerId, OrderId } from "@eshop/domain/kernel/ids"
import { Money } from "@eshop/domain/kernel/money"
import type { Order } from "@eshop/domain/ordering/order"
import { CancelReason } from "@eshop/domain/ordering/order-events"
import * as z from "zod"

/** An order as its customer sees it in a list. */
export const OrderView = z.strictObject({
  id: OrderId,
  customerId: CustomerId,
  status: OrderStatus,
  total: Money,
  lineCount: z.int(),
  submittedAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
})
export type OrderView = z.infer<typeof OrderView>

/** An order as who may see it sees it. */
export const OrderDetails = z.strictObject({
  id: OrderId,
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
  cancelReason: CancelReason.optional(),
  submittedAt: z.iso.datetime(),
  changedAt: z.iso.datetime(),
  /** 0 for an order that its saga has not taken up yet. */
  version: z.int().min(0),
})
export type OrderDetails = z.infer<typeof OrderDetails>

export const viewOf = (order: Order): OrderView => ({
  id: order.id,
  customerId: order.customerId,
  status: order.status,
  total: order.total,
  lineCount: order.lines.length,
  submittedAt: order.submittedAt,
  changedAt: order.changedAt,
})

export const detailsOf = (order: Order, version: number, shippingAddress?: Address): OrderDetails => ({
  id: order.id,
  customerId: order.customerId,
  status: order.status,
  lines: order.lines,
  subtotal: order.subtotal,
  discount: order.discount,
  ...(order.shipping && { shipping: order.shipping }),
  ...(order.tax && { tax: order.tax }),
  total: order.total,
  couponCodes: order.couponCodes,
  discountUnavailable: order.discountUnavailable,
  ...(shippingAddress && { shippingAddress }),
  ...("payment" in order && order.payment && { paymentId: order.payment.paymentId }),
  ...(order.status === "Cancelled" && { cancelReason: order.reason }),
  submittedAt: order.submittedAt,
  changedAt: order.changedAt,
  version,
})
