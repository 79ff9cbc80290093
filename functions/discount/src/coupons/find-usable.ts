import { type Coupon, checkCoupon } from "@eshop/domain/discount/coupon"
import { type Refusal, refuse } from "@eshop/domain/refusal"
import type { CouponPorts, Coupons } from "./ports.ts"

/** The coupon of this code, or `coupon.unknown`. */
export async function findCoupon(coupons: Coupons, code: string): Promise<Coupon | Refusal> {
  return (await coupons.find(code)) ?? refuse("not-found", "coupon.unknown", "There is no such coupon.")
}

/** The coupon if it may be used at this moment. The count is read only where a limit needs it. */
export async function checkUsable(
  { uses }: CouponPorts,
  coupon: Coupon,
  now: Date,
): Promise<Refusal | undefined> {
  const use = coupon.maxRedemptions === undefined ? { taken: 0 } : await uses.count(coupon)
  return checkCoupon(coupon, use, now)
}
