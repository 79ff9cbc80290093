import * as z from "zod"
import {
  CustomerId,
  HoldId,
  OrderId,
  PaymentId,
  ReasonCode,
  RefundId,
  ReturnId,
  ShipmentId,
} from "../kernel/ids.ts"
import { Money } from "../kernel/money.ts"
import { defineEvent } from "./event.ts"
import { StockLines } from "./stock-lines.ts"

const from = { source: "/eshop/ordering", topic: "ordering-events" }
const ofOrder = { orderId: OrderId, customerId: CustomerId }

const order = {
  orderId: "018f0000-0000-7000-8000-000000000001",
  customerId: "58c49479-ec65-4de2-86e7-033c546291aa",
}
const lines = [{ sku: "IPHONE-X-BLACK", quantity: 2 }]

export const OrderStatus = z.enum([
  "Submitted",
  "AwaitingStock",
  "AwaitingPayment",
  "Paid",
  "PartiallyShipped",
  "Shipped",
  "Delivered",
  "Closed",
  "Cancelled",
])
export type OrderStatus = z.infer<typeof OrderStatus>

/** An order wants its stock: Catalog answers with StockReserved or StockRejected. */
export const OrderCreated = defineEvent({
  ...from,
  type: "eshop.ordering.order-created.v1",
  data: z.object({
    ...ofOrder,
    lines: StockLines,
    /** The hold that the reservation takes over, when it is still there. */
    holdId: HoldId.optional(),
  }),
  example: { ...order, lines, holdId: "018f0000-0000-7000-8000-000000000002" },
})

/** The money is captured: reserved stock becomes sold. */
export const OrderPaid = defineEvent({
  ...from,
  type: "eshop.ordering.order-paid.v1",
  data: z.object({ ...ofOrder, total: Money, lines: StockLines }),
  example: { ...order, total: { amount: 1_604_90, currency: "USD" }, lines },
})

/** For who follows orders without their meaning: one event per change of the status. */
export const OrderStatusChanged = defineEvent({
  ...from,
  type: "eshop.ordering.order-status-changed.v1",
  data: z.object({ ...ofOrder, from: OrderStatus, to: OrderStatus }),
  example: { ...order, from: "AwaitingPayment", to: "Paid" },
})

/** A parcel left: all of the order or a part of it. */
export const OrderShipped = defineEvent({
  ...from,
  type: "eshop.ordering.order-shipped.v1",
  data: z.object({
    ...ofOrder,
    shipmentId: ShipmentId,
    lines: StockLines,
    carrier: z.string().optional(),
    trackingNumber: z.string().optional(),
  }),
  example: {
    ...order,
    shipmentId: "018f0000-0000-7000-8000-000000000003",
    lines,
    carrier: "DHL",
    trackingNumber: "JD0002",
  },
})

/** The last parcel of an order that is wholly shipped has arrived. */
export const OrderDelivered = defineEvent({
  ...from,
  type: "eshop.ordering.order-delivered.v1",
  data: z.object(ofOrder),
  example: order,
})

/** The order ended before its first shipment: whatever was reserved for it is free again. */
export const OrderCancelled = defineEvent({
  ...from,
  type: "eshop.ordering.order-cancelled.v1",
  data: z.object({ ...ofOrder, reason: ReasonCode }),
  example: { ...order, reason: "payment.declined" },
})

/** Some lines will not be shipped; the rest of the order goes on. */
export const OrderLinesCancelled = defineEvent({
  ...from,
  type: "eshop.ordering.order-lines-cancelled.v1",
  data: z.object({ ...ofOrder, lines: StockLines, reason: ReasonCode }),
  example: { ...order, lines: [{ sku: "IPHONE-X-BLACK", quantity: 1 }], reason: "stock.damaged" },
})

/** Goods came back and were accepted. */
export const OrderReturned = defineEvent({
  ...from,
  type: "eshop.ordering.order-returned.v1",
  data: z.object({ ...ofOrder, returnId: ReturnId, lines: StockLines, reason: ReasonCode }),
  example: {
    ...order,
    returnId: "018f0000-0000-7000-8000-000000000004",
    lines: [{ sku: "IPHONE-X-BLACK", quantity: 1 }],
    reason: "customer.withdrew",
  },
})

/** Money went back: all of it or a part. */
export const OrderRefunded = defineEvent({
  ...from,
  type: "eshop.ordering.order-refunded.v1",
  data: z.object({ ...ofOrder, refundId: RefundId, amount: Money, reason: ReasonCode }),
  example: {
    ...order,
    refundId: "018f0000-0000-7000-8000-000000000005",
    amount: { amount: 802_45, currency: "USD" },
    reason: "customer.withdrew",
  },
})

/** What an operator or a customer says to a saga. */
export const SagaWord = z.enum(["cancel", "retry", "skip", "compensate"])
export type SagaWord = z.infer<typeof SagaWord>

/**
 * What a person said to an order's saga; Ordering tells it to itself, so that it is neither lost nor said to nobody. One
 * that does not fit where the saga stands is ignored there.
 */
export const SagaWordSpoken = defineEvent({
  ...from,
  type: "eshop.ordering.saga-word-spoken.v1",
  data: z.object({
    orderId: OrderId,
    /** The orchestration that it is said to: an order has one of the checkout, one of fulfilment, one per refund. */
    instanceId: z.string().max(100),
    word: SagaWord,
    /** The activity and its failed attempt that `retry`, `skip` and `compensate` are about. */
    step: z.string().max(100).optional(),
    attempt: z.int().min(1).optional(),
    /** The opaque id of who said it: the customer or an operator. */
    by: CustomerId,
  }),
  example: {
    orderId: order.orderId,
    instanceId: order.orderId,
    word: "retry",
    step: "capture-payment",
    attempt: 5,
    by: "189dc8dc-990f-48e0-a37b-e6f2b60b9d7d",
  },
})

/** What is done to an orchestration from outside. */
export const SagaControl = z.enum(["suspend", "resume", "terminate", "purge"])
export type SagaControl = z.infer<typeof SagaControl>

/** An operator wants something done to an order's saga; Ordering tells it to itself, so that it is audited and comes about. */
export const SagaControlRequested = defineEvent({
  ...from,
  type: "eshop.ordering.saga-control-requested.v1",
  data: z.object({
    orderId: OrderId,
    instanceId: z.string().max(100),
    control: SagaControl,
    /** For the history of the instance. */
    reason: z.string().max(200),
    /** The opaque id of the operator. */
    by: CustomerId,
  }),
  example: {
    orderId: order.orderId,
    instanceId: order.orderId,
    control: "suspend",
    reason: "The payment provider sends wrong amounts.",
    by: "189dc8dc-990f-48e0-a37b-e6f2b60b9d7d",
  },
})

/** Money has to go back; Ordering tells it to itself and a saga sees to it. */
export const RefundRequested = defineEvent({
  ...from,
  type: "eshop.ordering.refund-requested.v1",
  data: z.object({ ...ofOrder, refundId: RefundId, amount: Money, reason: ReasonCode }),
  example: {
    ...order,
    refundId: "018f0000-0000-7000-8000-000000000005",
    amount: { amount: 802_45, currency: "USD" },
    reason: "customer.withdrew",
  },
})

/** What the payment provider reported by its webhook; Ordering tells it to itself. */
export const PaymentReported = defineEvent({
  ...from,
  type: "eshop.ordering.payment-reported.v1",
  data: z.object({
    orderId: OrderId,
    paymentId: PaymentId,
    /** The provider's id of its event: the same report again has the same one. */
    providerEventId: z.string().max(255),
    report: z.discriminatedUnion("type", [
      z.object({ type: z.literal("authorised") }),
      z.object({ type: z.literal("declined"), code: z.string().max(64) }),
      z.object({ type: z.literal("captured"), amount: Money }),
      z.object({ type: z.literal("cancelled") }),
      z.object({
        type: z.literal("refund-settled"),
        providerRefundId: z.string().max(255),
        refundId: RefundId.optional(),
        outcome: z.enum(["succeeded", "failed"]),
      }),
      z.object({
        type: z.literal("disputed"),
        disputeId: z.string().max(255),
        amount: Money,
        reason: z.string().max(64),
        outcome: z.enum(["open", "won", "lost"]),
      }),
    ]),
  }),
  example: {
    orderId: order.orderId,
    paymentId: "pi_3NQ",
    providerEventId: "evt_1NQ",
    report: { type: "authorised" },
  },
})

/** A customer was forgotten: whoever keeps something of theirs forgets it as well. Said again it is the same. */
export const CustomerErased = defineEvent({
  ...from,
  type: "eshop.ordering.customer-erased.v1",
  data: z.object({
    customerId: CustomerId,
    /** What came since is not meant: the customer asked then. Everything where it is not said. */
    until: z.iso.datetime().optional(),
  }),
  example: { customerId: order.customerId, until: "2026-11-01T10:00:00.000Z" },
})
