import * as z from "zod"
import { OrderId, Quantity, ShippingMethodId, Sku } from "../kernel/ids.ts"
import { Currency, type Money } from "../kernel/money.ts"
import { type Checkout, type LineDiscount, Tax } from "./basket-events.ts"

/** How amounts of a proof were rounded: the tax of each line and of the shipping, half to even, and nothing else. */
export const ROUNDING = "half-even per line"

const Amount = z.int().min(0).describe("Minor units of the proof's currency")

/** What a rule took off. That it applied is attested; what follows from it can be computed. */
const ProofDiscount = z.strictObject({
  rule: z.string().optional().describe("The promotion's id, or the coupon's code"),
  amount: Amount,
})

const ProofTax = z.strictObject({ ...Tax.shape, amount: Amount })

/**
 * How the price of a checkout came about, as Basket signs it: inputs, stated amounts and results, without who bought and
 * where. Its canonical JSON (RFC 8785) is the payload of a compact JWS (ES256), which is stored with the order.
 */
export const PriceProof = z.strictObject({
  checkoutId: OrderId,
  issuedAt: z.iso.datetime(),
  currency: Currency,
  rounding: z.literal(ROUNDING),
  lines: z.array(
    z.strictObject({
      sku: Sku,
      quantity: Quantity,
      unitPrice: Amount,
      discounts: z.array(ProofDiscount),
      tax: ProofTax.optional().describe("On the line's total"),
      total: Amount.describe("unitPrice × quantity − discounts"),
    }),
  ),
  shipping: z
    .strictObject({
      method: ShippingMethodId,
      listPrice: Amount,
      discounts: z.array(ProofDiscount),
      tax: ProofTax.optional().describe("On what is paid"),
      price: Amount.describe("listPrice − discounts"),
    })
    .optional(),
  subtotal: Amount.describe("Σ unitPrice × quantity"),
  discount: Amount.describe("Σ of the lines' discounts"),
  tax: Amount.describe("Σ of the taxes of lines and shipping"),
  total: Amount.describe("subtotal − discount + shipping + the taxes that no price includes"),
})
export type PriceProof = z.infer<typeof PriceProof>

const discountOf = ({ promotionId, couponCode, amount }: LineDiscount) => {
  const rule = promotionId ?? couponCode
  return { ...(rule !== undefined && { rule }), amount: amount.amount }
}

const taxOf = (tax: Tax | undefined) => tax && { tax: { ...tax, amount: tax.amount.amount } }

/** What there is to attest of a checkout. */
export function priceProofOf(checkout: Checkout, issuedAt: Date): PriceProof {
  const { checkoutId, lines, shipping, subtotal, discount, tax, total } = checkout
  return {
    checkoutId,
    issuedAt: issuedAt.toISOString(),
    currency: total.currency,
    rounding: ROUNDING,
    lines: lines.map(({ sku, quantity, unitPrice, discounts, tax, total }) => ({
      sku,
      quantity,
      unitPrice: unitPrice.amount,
      discounts: discounts.map(discountOf),
      ...taxOf(tax),
      total: total.amount,
    })),
    ...(shipping && { shipping: shippingOf(shipping) }),
    subtotal: subtotal.amount,
    discount: discount.amount,
    tax: tax?.amount ?? 0,
    total: total.amount,
  }
}

function shippingOf({ method, price, discounts = [], tax }: NonNullable<Checkout["shipping"]>) {
  const amountOf = ({ amount }: { amount: Money }) => amount.amount
  const listPrice = discounts.map(amountOf).reduce((sum, amount) => sum + amount, price.amount)
  return { method, listPrice, discounts: discounts.map(discountOf), ...taxOf(tax), price: price.amount }
}
