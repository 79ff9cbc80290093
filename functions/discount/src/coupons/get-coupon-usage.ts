import { useCase } from "@eshop/building-blocks/use-case"
import { CouponCode } from "@eshop/domain/discount/coupon"
import { isRefusal } from "@eshop/domain/refusal"
import { z } from "zod"
import { findCoupon } from "./find-usable.ts"
import type { CouponPorts } from "./ports.ts"

export const GetCouponUsage = z.strictObject({ code: CouponCode })

/** How often a coupon is taken; `maxRedemptions` is null where there is no limit. */
export const getCouponUsage = ({ coupons, uses }: CouponPorts) =>
  useCase("discount.get-coupon-usage", GetCouponUsage, async ({ code }) => {
    const coupon = await findCoupon(coupons, code)
    if (isRefusal(coupon)) return coupon
    const { taken } = await uses.count(coupon)
    return { code, taken, maxRedemptions: coupon.maxRedemptions ?? null }
  })
