import * as z from "zod"
import { CategoryId, CouponCode, CustomerGroup, CustomerId, ProductId, Quantity, Sku } from "../kernel/ids.ts"
import { Money } from "../kernel/money.ts"
import { LineDiscount } from "./basket-events.ts"
import { defineRoute } from "./route.ts"

/** A line that a discount is asked for. */
export const QuoteLine = z.strictObject({
  sku: Sku,
  productId: ProductId,
  quantity: Quantity,
  unitPrice: z.strictObject(Money.shape),
  /** Those that the product is in, and all that these lie under. */
  categories: z.array(CategoryId).max(100).optional(),
})
export type QuoteLine = z.infer<typeof QuoteLine>

/** A rule as a person reads it. */
const RuleName = z.object({
  name: z.string(),
  translations: z.record(z.string(), z.string()).optional().describe("The name in other languages"),
})

/** Why a rule takes nothing off, for whoever says it in a language of their own. */
export const NotApplied = z.object({
  code: z.enum([
    ...["enabled", "valid-from", "valid-until", "customer-group", "first-order", "scope"],
    ...["minimum-order-value", "minimum-quantity", "shipping", "effect"],
    ...["line", "group", "stopped", "full"],
  ] as const),
  /** From when on it is valid, or until when it was. */
  at: z.iso.datetime().optional(),
  value: z.object({ needed: Money, found: Money }).optional(),
  units: z.object({ needed: z.int(), found: z.int() }).optional(),
  /** The rule that excludes it. */
  by: RuleName.optional(),
})
export type NotApplied = z.infer<typeof NotApplied>

/** What became of one rule, a promotion or the coupon, and why. For a person. */
export const Explanation = z.object({
  /** The promotion's id, or the coupon's code. */
  rule: z.string(),
  ...RuleName.shape,
  /** suppressed: its conditions were met, but another rule excludes it. not-met: its conditions were not. */
  outcome: z.enum(["applied", "suppressed", "not-met"]),
  reason: z.string(),
  because: NotApplied.optional().describe("The reason in parts, unless it was applied"),
  /** What it took off in all; 0 unless applied. */
  amount: Money,
})
export type Explanation = z.infer<typeof Explanation>

/** What is taken off, line by line, and its sum. */
export const Quote = z.object({
  lines: z.array(z.object({ sku: Sku, ...LineDiscount.shape })),
  /** Σ of the lines; what is off the shipping comes on top. */
  discount: Money,
  /** What is taken off the shipping. */
  shipping: z.array(LineDiscount).optional(),
  explanations: z.array(Explanation).optional(),
  /** False where anybody of the same customer groups gets the same; absent where it was not looked at. */
  customerMatters: z.boolean().optional(),
  /** Why a coupon that was sent does not count; absent when all do. */
  refusedCoupons: z
    .array(
      z.object({
        code: CouponCode,
        refusal: z.object({ code: z.string(), detail: z.string(), data: z.unknown().optional() }),
      }),
    )
    .optional(),
})
export type Quote = z.infer<typeof Quote>

/** What Basket asks Discount at a checkout, and for every cart that is shown. It changes nothing and may be asked again. */
export const getQuote = defineRoute({
  method: "POST",
  path: "quotes",
  input: z.strictObject({
    couponCodes: z.array(CouponCode).max(1),
    /** One line per SKU. */
    lines: z.array(QuoteLine).min(1).max(100),
    customerId: CustomerId.optional().describe("Without one, limits per customer are not looked at"),
    customerGroups: z.array(CustomerGroup).max(20).optional(),
    shipping: z.strictObject(Money.shape).optional().describe("The shipping's price, before any discount"),
  }),
  answer: Quote,
  example: {
    input: {
      couponCodes: ["WELCOME10"],
      lines: [
        {
          sku: "IPHONE-X-BLACK",
          productId: "5334c996-8457-4cf0-815c-ed2b77c4ff61",
          quantity: 2,
          unitPrice: { amount: 950_00, currency: "USD" },
          categories: ["018f0000-0000-7000-8000-0000000000c1"],
        },
      ],
      customerId: "58c49479-ec65-4de2-86e7-033c546291aa",
      customerGroups: ["trade"],
      shipping: { amount: 4_90, currency: "USD" },
    },
    answer: {
      lines: [
        {
          sku: "IPHONE-X-BLACK",
          promotionId: "018f0000-0000-7000-8000-0000000000d1",
          reason: "150 off every IPhone X",
          translations: { de: "150 Nachlass auf jedes IPhone X" },
          amount: { amount: 300_00, currency: "USD" },
        },
      ],
      discount: { amount: 300_00, currency: "USD" },
      customerMatters: true,
      shipping: [
        {
          promotionId: "018f0000-0000-7000-8000-0000000000d2",
          reason: "Free shipping from 100",
          amount: { amount: 4_90, currency: "USD" },
        },
      ],
      explanations: [
        {
          rule: "018f0000-0000-7000-8000-0000000000d1",
          name: "150 off every IPhone X",
          translations: { de: "150 Nachlass auf jedes IPhone X" },
          outcome: "applied",
          reason: "2 × 150.00 off IPHONE-X-BLACK",
          amount: { amount: 300_00, currency: "USD" },
        },
        {
          rule: "018f0000-0000-7000-8000-0000000000d2",
          name: "Free shipping from 100",
          outcome: "applied",
          reason: "The shipping is free",
          amount: { amount: 4_90, currency: "USD" },
        },
      ],
      refusedCoupons: [
        {
          code: "WELCOME10",
          refusal: {
            code: "coupon.expired",
            detail: "The coupon has expired.",
            data: { validUntil: "2026-01-01T00:00:00.000Z" },
          },
        },
      ],
    },
  },
})
export type QuoteRequest = z.infer<typeof getQuote.input>
