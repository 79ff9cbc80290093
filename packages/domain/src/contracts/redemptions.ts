import * as z from "zod"
import { CouponCode, CustomerId, OrderId } from "../kernel/ids.ts"
import { defineRoute } from "./route.ts"

/** One order's use of one coupon. */
export const Redemption = z.object({
  orderId: OrderId,
  couponCode: CouponCode,
  status: z.enum(["reserved", "confirmed", "released"]),
})
export type Redemption = z.infer<typeof Redemption>

const reserved: Redemption = {
  orderId: "018f0000-0000-7000-8000-000000000001",
  couponCode: "IPHONE150",
  status: "reserved",
}
const input = { orderId: reserved.orderId, couponCode: reserved.couponCode }

/** Takes one use of the coupon for an order; said again it is the same use. */
export const reserveRedemption = defineRoute({
  method: "PUT",
  path: "redemptions/{orderId}",
  input: z.strictObject({
    orderId: OrderId,
    couponCode: CouponCode,
    customerId: CustomerId.optional().describe("For limits per customer; a coupon that has one needs it"),
  }),
  answer: Redemption,
  example: {
    input: { ...input, customerId: "58c49479-ec65-4de2-86e7-033c546291aa" },
    answer: reserved,
  },
})

/** The order is paid: its use is final. */
export const confirmRedemption = defineRoute({
  method: "POST",
  path: "redemptions/{orderId}/confirm",
  input: z.strictObject({
    orderId: OrderId,
    couponCode: CouponCode.optional().describe("Unknown when it is not the order's"),
  }),
  answer: Redemption,
  example: { input, answer: { ...reserved, status: "confirmed" } },
})

/** Gives the use back; also before it was reserved, which keeps a late reservation out. */
export const releaseRedemption = defineRoute({
  method: "DELETE",
  path: "redemptions/{orderId}",
  input: z.strictObject({ orderId: OrderId, couponCode: CouponCode }),
  answer: Redemption,
  example: { input, answer: { ...reserved, status: "released" } },
})

/** How far an order's use of its coupon has come, as Ordering knows it. */
const Known = z.strictObject(Redemption.shape)

/**
 * Brings redemptions to what Ordering knows of its orders, after Discount's store has lost some. `reserved`: the order
 * has reserved its coupon and is under way. Said again it changes nothing, and it takes nothing back: a redemption that
 * has come further meanwhile (reserved → confirmed → released), or that is not named, stays as it is. An order's use
 * counts even beyond the coupon's limit: its customer has the discount.
 */
export const reconcileRedemptions = defineRoute({
  method: "POST",
  path: "operations/redemptions/reconcile",
  input: z.strictObject({ redemptions: z.array(Known).min(1).max(100) }),
  answer: z.object({
    changed: z.int().min(0),
    unchanged: z.int().min(0),
    refused: z
      .int()
      .min(0)
      .describe("The coupon is unknown, or the order redeems another one; the log says which"),
  }),
  example: {
    input: { redemptions: [{ ...reserved, status: "confirmed" }] },
    answer: { changed: 1, unchanged: 0, refused: 0 },
  },
})
