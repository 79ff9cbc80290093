import type { Redemption } from "../contracts/redemptions.ts"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { type Coupon, type CouponUses, checkCoupon, limitPerCustomer } from "./coupon.ts"
import { couponNeedsCustomer, type unusableCoupon } from "./coupon-refusals.ts"

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

/** What a reservation may be refused for, besides an unknown coupon. */
type Unreservable =
  | RefusalOf<typeof unusableCoupon>
  | RefusalOf<[typeof couponNeedsCustomer, typeof redemptionReleased]>

/**
 * Reserving again is the same reservation, whatever became of the coupon meanwhile; an order that gave its coupon
 * back cannot take it again.
 * @param wanted the order, with the code that its customer has
 */
export function reserveRedemption(
  existing: Redemption | undefined,
  wanted: { readonly orderId: string; readonly couponCode: string },
  coupon: Coupon,
  uses: CouponUses,
  now: Date,
): Redemption | Unreservable {
  if (existing) return existing.status === "released" ? redemptionReleased() : existing
  if (!uses.customer && limitPerCustomer(coupon) !== undefined) return couponNeedsCustomer()
  return checkCoupon(coupon, uses, now) ?? { ...wanted, status: "reserved" }
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
