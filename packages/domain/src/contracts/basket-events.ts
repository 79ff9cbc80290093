import * as z from "zod"
import {
  CouponCode,
  CustomerId,
  HoldId,
  OrderId,
  PaymentMethod,
  ProductId,
  PromotionId,
  Quantity,
  Sku,
} from "../kernel/ids.ts"
import { Money } from "../kernel/money.ts"
import { defineEvent } from "./event.ts"
import { StockLines } from "./stock-lines.ts"
import { checkTotals } from "./totals.ts"

/** An amount off a line, and why: a coupon or a promotion. */
export const LineDiscount = z.object({
  couponCode: CouponCode.optional(),
  promotionId: PromotionId.optional(),
  /** For a person. */
  reason: z.string(),
  translations: z.record(z.string(), z.string()).optional().describe("The reason in other languages"),
  amount: Money,
})
export type LineDiscount = z.infer<typeof LineDiscount>

export const Tax = z.object({
  rate: z.int().min(0).max(100_000).describe("Thousandths of a percent: 19000 is 19 %"),
  amount: Money,
  included: z
    .boolean()
    .describe("Whether the price holds the tax already; otherwise it is added to the total"),
})
export type Tax = z.infer<typeof Tax>

/** A line at the price that the customer agreed to. */
export const CheckoutLine = z.object({
  sku: Sku,
  productId: ProductId,
  name: z.string(),
  quantity: Quantity,
  unitPrice: Money,
  discounts: z.array(LineDiscount).max(10),
  tax: Tax.optional(),
  /** Unit price × quantity − discounts. */
  total: Money,
})
export type CheckoutLine = z.infer<typeof CheckoutLine>

/**
 * What a checkout fixed: lines, prices, discounts and the token of a payment method. No personal data: the address is
 * fetched by `getCheckout` (checkouts.ts).
 */
export const Checkout = z
  .object({
    checkoutId: OrderId,
    customerId: CustomerId,
    lines: z.array(CheckoutLine).min(1).max(100),
    subtotal: Money,
    discount: Money,
    shipping: z
      .object({
        method: z.string(),
        /** What is paid, after the discounts. */
        price: Money,
        discounts: z.array(LineDiscount).max(10).optional(),
        tax: Tax.optional(),
      })
      .optional(),
    tax: Money.optional(),
    total: Money,
    couponCodes: z.array(CouponCode).max(10),
    /** True when Discount could not be asked and the full price was taken. */
    discountUnavailable: z.boolean(),
    /** The stock hold that the order takes over. */
    holdId: HoldId.optional(),
    /** Signed by Basket: that these prices were given. Opaque to everybody else. */
    proof: z.string().max(131_072).optional(),
    paymentMethod: PaymentMethod,
  })
  .superRefine((checkout, context) => {
    for (const { path, message } of checkTotals(checkout)) context.addIssue({ code: "custom", path, message })
  })
export type Checkout = z.infer<typeof Checkout>

const cents = (amount: number): Money => ({ amount, currency: "USD" })

export const BasketCheckedOut = defineEvent({
  type: "eshop.basket.checked-out.v1",
  source: "/eshop/basket",
  topic: "basket-events",
  data: Checkout,
  example: {
    checkoutId: "018f0000-0000-7000-8000-000000000001",
    customerId: "58c49479-ec65-4de2-86e7-033c546291aa",
    lines: [
      {
        sku: "IPHONE-X-BLACK",
        productId: "5334c996-8457-4cf0-815c-ed2b77c4ff61",
        name: "IPhone X",
        quantity: 2,
        unitPrice: cents(950_00),
        discounts: [{ couponCode: "IPHONE150", reason: "150 off every IPhone X", amount: cents(300_00) }],
        tax: { rate: 19_000, amount: cents(255_46), included: true },
        total: cents(1_600_00),
      },
    ],
    subtotal: cents(1_900_00),
    discount: cents(300_00),
    shipping: {
      method: "standard",
      price: cents(4_90),
      tax: { rate: 19_000, amount: cents(78), included: true },
    },
    tax: cents(256_24),
    total: cents(1_604_90),
    couponCodes: ["IPHONE150"],
    discountUnavailable: false,
    holdId: "018f0000-0000-7000-8000-000000000002",
    proof: "eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl",
    paymentMethod: "pm_card_visa",
  },
})

/** A cart that nobody has touched for long is given up: what was in it, for who wants to learn from it. */
export const BasketAbandoned = defineEvent({
  type: "eshop.basket.abandoned.v1",
  source: "/eshop/basket",
  topic: "basket-events",
  data: z.object({ customerId: CustomerId, lines: StockLines, touchedAt: z.iso.datetime() }),
  example: {
    customerId: "guest-018f0000-0000-7000-8000-000000000003",
    lines: [{ sku: "IPHONE-X-BLACK", quantity: 2 }],
    touchedAt: "2026-10-02T10:00:00.000Z",
  },
})
