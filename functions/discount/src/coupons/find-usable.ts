import { type Coupon, checkCoupon, limitPerCustomer } from "@eshop/domain/discount/coupon"
import { couponUnknown, type unusableCoupon } from "@eshop/domain/discount/coupon-refusals"
import type { RefusalOf } from "@eshop/domain/kernel/refusal"
import type { Rules } from "../rules/ports.ts"
import { findCoupon } from "./find-coupon.ts"
import type { CouponUseCounts, CustomerOrders } from "./ports.ts"

export type UsablePorts = {
  readonly rules: Rules
  readonly uses: CouponUseCounts
  readonly customerOrders: CustomerOrders
}

/**
 * The coupon of this code, or why it may not be used at this moment. A count is read only where a limit needs it.
 * @param customerId without one, what is per customer is not looked at
 */
export async function findUsable(
  { rules, uses, customerOrders }: UsablePorts,
  code: string,
  customerId: string | undefined,
  now: Date,
): Promise<Coupon | RefusalOf<[typeof couponUnknown]> | RefusalOf<typeof unusableCoupon>> {
  const found = await findCoupon(rules, code)
  if (!found) return couponUnknown()
  const { coupon, suffix } = found
  const ofCustomer = customerId !== undefined && limitPerCustomer(coupon) !== undefined
  const [taken, takenByCustomer, hasOrdered, codeState] = await Promise.all([
    coupon.maxRedemptions === undefined ? 0 : uses.taken(coupon),
    ofCustomer ? uses.takenByCustomer(coupon.code, customerId) : 0,
    ofCustomer && coupon.conditions?.firstOrderOnly ? customerOrders.hasOrdered(customerId) : false,
    suffix === undefined ? "free" : uses.codeState(coupon.code, suffix),
  ])
  if (codeState === "unknown") return couponUnknown()
  const isCodeUsed = codeState === "used"
  const customer = ofCustomer ? { taken: takenByCustomer, hasOrdered } : undefined
  return checkCoupon(coupon, { taken, customer, isCodeUsed }, now) ?? coupon
}
