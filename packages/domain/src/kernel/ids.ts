import * as z from "zod"
import { withoutCardNumber } from "./text.ts"

/** Any UUID, in lower case: UUIDv7 for what we create, the seed products' fixed ids besides. */
const id = (of: string) => z.uuid().toLowerCase().describe(of)

export const ProductId = id("Product id")
export const OrderId = id("Order id; equals the id of the checkout that began it")
export const HoldId = id("Id of a stock hold; chosen by who holds")
export const ShipmentId = id("Shipment id")
export const ReturnId = id("Return id")
export const RefundId = id("Refund id")
export const CancellationId = id("Id of a cancellation of lines")
export const WithdrawalId = id("Withdrawal id: made of what is withdrawn")
export const PromotionId = id("Promotion id")
export const CategoryId = id("Category id")

/** What is sold, stocked and put in a cart: a variant of a product. */
export const Sku = z
  .string()
  .regex(/^[A-Z0-9-]{2,40}$/)
  .describe("Stock keeping unit: a variant of a product")

/** Who a customer is to the issuer of their token (or the guest's id). Opaque: compared as it is, never changed. */
export const CustomerId = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/)
  .describe("Customer id: the token's claim")

/** Ids of guests begin so, and those of customers never: neither can be the other. */
export const GUEST_PREFIX = "guest-"

/** Compared in upper case. ASCII is asked for first: upper-casing takes `ı` to `I`. */
export const CouponCode = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9-]{3,32}$/)
  .toUpperCase()

/** The provider's token of a payment method, never card data. */
export const PaymentMethod = withoutCardNumber(z.string().regex(/^pm_[A-Za-z0-9_]{1,60}$/))

/** The provider's id of a payment. */
export const PaymentId = z.string().regex(/^[\x21-\x7e]{1,255}$/)

/** The provider's id of a dispute about a payment. */
export const DisputeId = z.string().regex(/^[\x21-\x7e]{1,255}$/)

/** Why something happened, for machines: `payment.declined`. Sentences are made of it where they are shown. */
export const ReasonCode = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(?:[.-][a-z0-9]+)*$/)

/** ISO 3166-1 alpha-2. */
export const CountryCode = z
  .string()
  .regex(/^[A-Z]{2}$/)
  .describe("Country: ISO 3166-1 alpha-2")

/** A short name that a merchant chooses: of a tax category, a customer group, a shipping method, a stock location. */
const name = (of: string) =>
  z
    .string()
    .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
    .max(40)
    .describe(of)

export const TaxCategory = name("Tax category: `standard`, `reduced`, `books` …")
export const CustomerGroup = name("Customer group, as the token's claim says it")
export const ShippingMethodId = name("Shipping method: `standard`, `express` …")
export const LocationId = name("Stock location")

/** Line quantities are bounded so that a total stays an exact integer. */
export const Quantity = z.int().min(1).max(1_000_000)
