import { type Coupon, checkCoupon, couponUnknown, type UnusableCoupon } from "@eshop/domain/discount/coupon"
import type { RefusalOf } from "@eshop/domain/kernel/refusal"
import type { CouponPorts } from "./ports.ts"

/** The coupon of this code, or why it may not be used at this moment. The count is read only where a limit needs it. */
export async function findUsable(
  { coupons, uses }: CouponPorts,
  code: string,
  now: Date,
): Promise<Coupon | RefusalOf<[typeof couponUnknown]> | UnusableCoupon> {
  const coupon = await coupons.find(code)
  if (!coupon) return couponUnknown()
  const use = coupon.maxRedemptions === undefined ? { taken: 0 } : await uses.count(coupon)
  return checkCoupon(coupon, use, now) ?? coupon
}
