import type { Redemption } from "@eshop/domain/contracts/redemptions"
import type { Coupon, CouponUse } from "@eshop/domain/discount/coupon"
import type { Coupons } from "../coupons/ports.ts"

/** A redemption and its coupon's use as they were read together. */
export type RedemptionState = {
  readonly existing: Redemption | undefined
  /** Taken redemptions; 0 for a coupon without a limit, whose uses nobody has to count here. */
  readonly use: CouponUse
  /** The versions that a write must find unchanged. */
  readonly etags: { readonly redemption?: string; readonly use?: string }
}

export type Redemptions = {
  /** Binds an order to its coupon for good. @returns the coupon that it is bound to: this one, unless another was first */
  bind(orderId: string, couponCode: string): Promise<string>
  /** The coupon that an order is bound to. */
  couponOf(orderId: string): Promise<string | undefined>
  read(coupon: Coupon, orderId: string): Promise<RedemptionState>
  /**
   * Stores the redemption and, for a coupon with a limit, the count, both or neither.
   * @returns false when either has changed since it was read
   */
  write(coupon: Coupon, before: RedemptionState, next: Redemption, at: Date): Promise<boolean>
  /**
   * Makes the count of a coupon with a limit what its redemptions are.
   * @returns false when a redemption came in between
   */
  recount(coupon: Coupon): Promise<boolean>
}

export type RedemptionPorts = { readonly coupons: Coupons; readonly redemptions: Redemptions }
