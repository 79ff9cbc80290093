import * as z from "zod"
import { StockLine, StockLines } from "../contracts/stock-lines.ts"
import {
  CancellationId,
  CouponCode,
  CustomerId,
  DisputeId,
  HoldId,
  OrderId,
  PaymentId,
  PaymentMethod,
  ProductId,
  PromotionId,
  Quantity,
  ReasonCode,
  RefundId,
  ReturnId,
  ShipmentId,
  Sku,
  WithdrawalId,
} from "../kernel/ids.ts"
import { Money } from "../kernel/money.ts"
import { readStoredEvent, type StoredEventOf } from "../kernel/stored-events.ts"

const Tax = z.object({ rate: z.int(), amount: Money, included: z.boolean() })

/** The number of an order's invoice, without what tells it from a credit note's: the year of its series and its place in it. */
const InvoiceNumber = z.string().regex(/^\d{4}-\d{6,}$/)

const Discounts = z.array(
  z.object({
    couponCode: CouponCode.optional(),
    promotionId: PromotionId.optional(),
    reason: z.string(),
    /** The reason in other languages. */
    translations: z.record(z.string(), z.string()).optional(),
    amount: Money,
  }),
)

/** A line at the price that the customer agreed to. */
const OrderLine = z.object({
  sku: Sku,
  productId: ProductId,
  name: z.string(),
  quantity: Quantity,
  unitPrice: Money,
  discounts: Discounts,
  tax: Tax.optional(),
  total: Money,
})

/** Why an order was cancelled: a stable code, a sentence of ours (never an error's message), facts to act on. */
export const CancelReason = z.object({
  code: ReasonCode,
  detail: z.string(),
  data: z.record(z.string(), z.unknown()).optional(),
})
export type CancelReason = z.infer<typeof CancelReason>

/** A parcel; the rest of its way is another event. */
const Shipment = z.object({
  shipmentId: ShipmentId,
  lines: StockLines,
  carrier: z.string().optional(),
  trackingNumber: z.string().optional(),
})

/**
 * What happened to an order, as it lies in the order's stream: independent of what other contexts say and hear.
 * A change that is more than an optional member is a new version with an upcast from the one before.
 */
const types = {
  OrderSubmitted: {
    v: 1,
    data: z.object({
      orderId: OrderId,
      customerId: CustomerId,
      lines: z.array(OrderLine).min(1),
      subtotal: Money,
      discount: Money,
      shipping: z
        .object({
          method: z.string(),
          price: Money,
          discounts: Discounts.optional(),
          tax: Tax.optional(),
        })
        .optional(),
      tax: Money.optional(),
      total: Money,
      couponCodes: z.array(CouponCode),
      discountUnavailable: z.boolean(),
      paymentMethod: PaymentMethod,
      holdId: HoldId.optional(),
      /** SHA-256, in hexadecimal, of the personal data and its salt: both lie, and die, elsewhere. */
      personalData: z.object({ commitment: z.string().regex(/^[0-9a-f]{64}$/) }),
    }),
  },
  StockRequested: { v: 1, data: z.object({}) },
  /** The units are the order's until then, unless it is paid. */
  StockConfirmed: { v: 1, data: z.object({ reservedUntil: z.iso.datetime().optional() }) },
  /** The payment's holder must confirm it where the provider says. */
  PaymentActionRequired: { v: 1, data: z.object({ paymentId: PaymentId, redirectUrl: z.url() }) },
  OrderPaid: {
    v: 1,
    data: z.object({ paymentId: PaymentId, captured: Money, invoiceNumber: InvoiceNumber }),
  },
  OrderShipped: { v: 1, data: Shipment },
  ShipmentDelivered: { v: 1, data: z.object({ shipmentId: ShipmentId }) },
  OrderClosed: { v: 1, data: z.object({}) },
  OrderCancelled: { v: 1, data: CancelReason },
  OrderLinesCancelled: {
    v: 1,
    data: z.object({
      cancellationId: CancellationId,
      lines: StockLines,
      reason: CancelReason,
      /** What goes back for them, where something does. */
      refund: Money.optional(),
    }),
  },
  /** The customer withdraws from the contract for these lines; what that leads to are the events behind it. */
  OrderWithdrawn: {
    v: 1,
    data: z.object({
      withdrawalId: WithdrawalId,
      lines: StockLines,
      /** Of the lines, what is cancelled because it is not shipped. */
      cancelled: z.array(StockLine),
      /** Of the lines, what has to come back. */
      returned: z.array(StockLine),
      /** What goes back at once, and what once the goods came back, as the customer was told. */
      refundNow: Money,
      refundOnReturn: Money,
    }),
  },
  ReturnRequested: {
    v: 1,
    data: z.object({
      returnId: ReturnId,
      lines: StockLines,
      reason: ReasonCode,
      /** Whether the goods come back because of a withdrawal. */
      withdrawal: z.boolean(),
    }),
  },
  /** The goods came back and are as they should be. */
  ReturnAccepted: { v: 1, data: z.object({ returnId: ReturnId }) },
  ReturnRejected: { v: 1, data: z.object({ returnId: ReturnId, reason: ReasonCode }) },
  RefundRequested: { v: 1, data: z.object({ refundId: RefundId, amount: Money, reason: ReasonCode }) },
  OrderRefunded: {
    v: 1,
    data: z.object({
      refundId: RefundId,
      amount: Money,
      reason: ReasonCode,
      providerRefundId: z.string().max(255).optional(),
    }),
  },
  RefundFailed: { v: 1, data: z.object({ refundId: RefundId, code: z.string().max(64) }) },
  /** The payment's holder wants the money back from their bank. */
  DisputeOpened: {
    v: 1,
    data: z.object({ disputeId: DisputeId, amount: Money, reason: z.string().max(64) }),
  },
  /** Lost: the bank gave the money back. */
  DisputeClosed: { v: 1, data: z.object({ disputeId: DisputeId, outcome: z.enum(["won", "lost"]) }) },
} as const

/** The stream of these is the truth; every other shape is derived. */
export type OrderEvent = StoredEventOf<typeof types>
export type OrderEventOf<Type extends OrderEvent["type"]> = Extract<OrderEvent, { type: Type }>

/** An event of today's version. */
export const orderEvent = <Type extends OrderEvent["type"]>(
  type: Type,
  now: Date,
  data: OrderEventOf<Type>["data"],
): OrderEventOf<Type> => ({ type, v: types[type].v, at: now.toISOString(), data }) as OrderEventOf<Type>

/**
 * Reads an event of an order's stream, of whatever version.
 * @throws what {@link readStoredEvent} throws
 */
export const readOrderEvent = (raw: unknown): OrderEvent => readStoredEvent(types, raw)
