import * as z from "zod"
import { CouponCode, ProductId, Quantity, Sku } from "../kernel/ids.ts"
import { Money } from "../kernel/money.ts"
import { LineDiscount } from "./basket-events.ts"
import { defineRoute } from "./route.ts"

/** A line that a discount is asked for. */
export const QuoteLine = z.strictObject({
  sku: Sku,
  productId: ProductId,
  quantity: Quantity,
  unitPrice: z.strictObject(Money.shape),
})
export type QuoteLine = z.infer<typeof QuoteLine>

/** What is taken off, line by line, and its sum. */
export const Quote = z.object({
  lines: z.array(z.object({ sku: Sku, ...LineDiscount.shape })),
  discount: Money,
})
export type Quote = z.infer<typeof Quote>

/** What Basket asks Discount at a checkout. It changes nothing and may be asked again. */
export const getQuote = defineRoute({
  method: "POST",
  path: "quotes",
  input: z.strictObject({
    couponCodes: z.array(CouponCode).min(1).max(1),
    lines: z.array(QuoteLine).min(1).max(100),
  }),
  answer: Quote,
  example: {
    input: {
      couponCodes: ["IPHONE150"],
      lines: [
        {
          sku: "IPHONE-X-BLACK",
          productId: "5334c996-8457-4cf0-815c-ed2b77c4ff61",
          quantity: 2,
          unitPrice: { amount: 950_00, currency: "USD" },
        },
      ],
    },
    answer: {
      lines: [
        {
          sku: "IPHONE-X-BLACK",
          couponCode: "IPHONE150",
          reason: "150 off every IPhone X",
          amount: { amount: 300_00, currency: "USD" },
        },
      ],
      discount: { amount: 300_00, currency: "USD" },
    },
  },
})
