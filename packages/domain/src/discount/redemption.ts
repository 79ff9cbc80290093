import { type Refusal, refuse } from "../refusal.ts"
import { type Coupon, type CouponUse, checkCoupon } from "./coupon.ts"

export type RedemptionStatus = "reserved" | "confirmed" | "released"

/** One order's use of one coupon. */
export type Redemption = {
  readonly orderId: string
  readonly couponCode: string
  readonly status: RedemptionStatus
}

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
): Redemption | Refusal {
  if (!existing)
    return checkCoupon(coupon, use, now) ?? { orderId, couponCode: coupon.code, status: "reserved" }
  if (existing.status === "released")
    return refuse("conflict", "redemption.released", "The order has given its coupon back.")
  return existing
}

/** An order redeems one coupon: the first that was reserved, or given back, for it. */
export const otherCoupon = (): Refusal =>
  refuse("conflict", "redemption.other-coupon", "The order redeems another coupon already.")

/** Confirming twice is one confirmation. */
export function confirmRedemption(existing: Redemption | undefined): Redemption | Refusal {
  if (!existing) return refuse("not-found", "redemption.unknown", "The order redeems no coupon.")
  if (existing.status === "released")
    return refuse("conflict", "redemption.released", "The order has given its coupon back.")
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

/** Whether a status counts against the coupon's limit. */
export const counts = (status: RedemptionStatus | undefined): boolean =>
  status === "reserved" || status === "confirmed"
