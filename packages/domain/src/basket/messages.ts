import * as z from "zod"
import { Shortage } from "../contracts/catalog-events.ts"
import { CountryCode, CouponCode, OrderId, ReasonCode, ShippingMethodId, Sku } from "../kernel/ids.ts"
import { Money } from "../kernel/money.ts"

const about = <Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.object({ type: z.literal(type), ...shape })

/** What an answer about a cart tells its shopper besides the cart, for a program to put into words. */
export const CartMessage = z.discriminatedUnion("type", [
  // What happened since the shopper looked last; told once.
  about("price-changed", { sku: Sku, from: Money, to: Money }),
  about("quantity-adjusted", {
    sku: Sku,
    from: z.int(),
    to: z.int(),
    because: z.enum(["min", "max", "step"]),
  }),
  about("cart-full", { sku: Sku }).describe("The cart has no room for this line: it was not added"),
  about("hold-ended", {}).describe("The time ran out for which stock was set aside"),
  about("not-held", { reason: ReasonCode, shortages: z.array(Shortage).optional() }).describe(
    "No stock could be set aside; the checkout works without, as long as there is stock",
  ),
  about("order-returned", { orderId: OrderId, reason: ReasonCode }).describe(
    "The order did not come about: its lines are back in the cart",
  ),
  // What is so, as long as it is so.
  about("not-sold", { sku: Sku }).describe("Stays in the cart until it is removed; refuses a checkout"),
  about("not-counted", { sku: Sku }).describe(
    "With this line the cart is worth more than this shop can count; refuses a checkout",
  ),
  about("only-left", { sku: Sku, available: z.int().min(0) }).describe(
    "A hint, seconds old: nothing is held",
  ),
  about("coupon-refused", { code: CouponCode, reason: z.string(), detail: z.string() }),
  about("discounts-unavailable", {}).describe("Discounts could not be asked for: these are the full prices"),
  about("taxes-unavailable", {}).describe("The taxes of the country could not be asked for"),
  about("not-shipped-to", { country: CountryCode }),
  about("shipping-not-offered", { method: ShippingMethodId }).describe(
    "The chosen method does not go there: the cheapest that does was taken",
  ),
])
export type CartMessage = z.infer<typeof CartMessage>
