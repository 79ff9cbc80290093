import type { Coupon, CouponUse } from "@eshop/domain/discount/coupon"

export type Coupons = {
  /** @param code in upper case */
  find(code: string): Promise<Coupon | undefined>
  /** Adds those that are missing. @returns how many were added */
  addMissing(coupons: readonly Coupon[]): Promise<number>
}

export type CouponUses = {
  /** How many redemptions are taken now. */
  count(coupon: Coupon): Promise<CouponUse>
}

export type CouponPorts = { readonly coupons: Coupons; readonly uses: CouponUses }
