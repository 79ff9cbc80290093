import type { Redemption } from "../contracts/redemptions.ts"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { type Coupon, type CouponUse, checkCoupon, type UnusableCoupon } from "./coupon.ts"

export const redemptionUnknown = defineRefusal(
  "redemption.unknown",
  "not-found",
  "The order redeems no coupon.",
)
export const redemptionReleased = defineRefusal(
  "redemption.released",
  "conflict",
  "The order has given its coupon back.",
)
/** An order redeems one coupon: the first that was reserved, or given back, for it. */
export const redemptionOtherCoupon = defineRefusal(
  "redemption.other-coupon",
  "conflict",
  "The order redeems another coupon already.",
)

/**
 * Reserving again is the same reservation, whatever became of the coupon meanwhile; an order that gave its coupon
 * back cannot take it again.
 */
export function reserveRedemption(
  existing: Redemption | undefined,
  orderId: string,
  coupon: Coupon,
  use: CouponUse,
  now: Date,
): Redemption | RefusalOf<[typeof redemptionReleased]> | UnusableCoupon {
  if (!existing)
    return checkCoupon(coupon, use, now) ?? { orderId, couponCode: coupon.code, status: "reserved" }
  return existing.status === "released" ? redemptionReleased() : existing
}

/** Confirming twice is one confirmation. */
export function confirmRedemption(
  existing: Redemption | undefined,
): Redemption | RefusalOf<[typeof redemptionUnknown, typeof redemptionReleased]> {
  if (!existing) return redemptionUnknown()
  if (existing.status === "released") return redemptionReleased()
  return existing.status === "confirmed" ? existing : { ...existing, status: "confirmed" }
}

/**
 * Giving back is always allowed, also after a confirmation (the order was cancelled before it shipped) and also for
 * an order that never reserved: the record then keeps a late reservation out.
 */
export const releaseRedemption = (
  existing: Redemption | undefined,
  wanted: { orderId: string; couponCode: string },
): Redemption =>
  existing?.status === "released" ? existing : { ...(existing ?? wanted), status: "released" }

/** No redemption goes back to an earlier one of these. */
const order = ["reserved", "confirmed", "released"] as const satisfies readonly Redemption["status"][]

/**
 * What is known elsewhere of a redemption, taken over where it is further than what is here: in whatever order and
 * however often it is told, the result is the same. No limit counts: the order's customer has the discount.
 */
export const reconcileRedemption = (existing: Redemption | undefined, known: Redemption): Redemption =>
  existing && order.indexOf(existing.status) >= order.indexOf(known.status) ? existing : known

/** Whether a status counts against the coupon's limit. */
export const counts = (status: Redemption["status"] | undefined): boolean =>
  status === "reserved" || status === "confirmed"
