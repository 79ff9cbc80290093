import { z } from "zod"
import { CustomerId, OrderId, ProductId, Quantity } from "../ids.ts"
import { Money } from "../money.ts"
import { defineEvent } from "./define-event.ts"

/** A line of an order at the price that the customer agreed to. */
export const OrderLine = z.object({
  productId: ProductId,
  name: z.string(),
  quantity: Quantity,
  unitPrice: Money,
})
export type OrderLine = z.infer<typeof OrderLine>

/** Postal address. Only what every country has is required. */
export const Address = z.object({
  firstName: z.string().trim().min(1).max(100),
  lastName: z.string().trim().min(1).max(100),
  emailAddress: z.email().max(254),
  addressLine: z.string().trim().min(1).max(200),
  country: z.string().trim().min(2).max(60),
  state: z.string().trim().max(60).optional(),
  zipCode: z.string().trim().max(16).optional(),
})
export type Address = z.infer<typeof Address>

/** What a checkout fixed: lines, prices, discount and the token of a payment method, never card data. */
export const Checkout = z.object({
  checkoutId: OrderId,
  customerId: CustomerId,
  lines: z.array(OrderLine).min(1).max(100),
  subtotal: Money,
  discount: Money,
  total: Money,
  couponCode: z.string().optional(),
  /** True when Discount could not be asked and the full price was taken. */
  discountUnavailable: z.boolean(),
  shippingAddress: Address,
  paymentMethod: z.string().regex(/^pm_[A-Za-z0-9_]{1,60}$/),
})
export type Checkout = z.infer<typeof Checkout>

export const BasketCheckedOut = defineEvent({
  type: "eshop.basket.checked-out.v1",
  source: "/eshop/basket",
  topic: "basket-events",
  data: Checkout,
})
