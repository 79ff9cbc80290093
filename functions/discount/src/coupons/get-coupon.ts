import { useCase } from "@eshop/building-blocks/use-case"
import { CouponCode } from "@eshop/domain/discount/coupon"
import { isRefusal } from "@eshop/domain/refusal"
import { z } from "zod"
import { checkUsable, findCoupon } from "./find-usable.ts"
import type { CouponPorts } from "./ports.ts"

export const GetCoupon = z.strictObject({ code: CouponCode })

/** A coupon that can be used now, or why it cannot. */
export const getCoupon = (ports: CouponPorts) =>
  useCase("discount.get-coupon", GetCoupon, async ({ code }, call) => {
    const coupon = await findCoupon(ports.coupons, code)
    if (isRefusal(coupon)) return coupon
    return (await checkUsable(ports, coupon, call.now)) ?? coupon
  })
