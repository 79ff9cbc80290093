import { useCase } from "@eshop/building-blocks/use-case"
import { CouponCode } from "@eshop/domain/discount/coupon"
import { reserveRedemption as decide, otherCoupon } from "@eshop/domain/discount/redemption"
import { OrderId } from "@eshop/domain/ids"
import { isRefusal } from "@eshop/domain/refusal"
import { z } from "zod"
import { findCoupon } from "../coupons/find-usable.ts"
import { changeRedemption } from "./change-redemption.ts"
import type { RedemptionPorts } from "./ports.ts"

export const ReserveRedemption = z.strictObject({ orderId: OrderId, couponCode: CouponCode })

/** Takes one use of the coupon for an order. Asking again is answered with the same reservation. */
export const reserveRedemption = ({ coupons, redemptions }: RedemptionPorts) =>
  useCase("discount.reserve-redemption", ReserveRedemption, async ({ orderId, couponCode }, call) => {
    const coupon = await findCoupon(coupons, couponCode)
    if (isRefusal(coupon)) return coupon
    if ((await redemptions.tie(orderId, couponCode)) !== couponCode) return otherCoupon()
    return await changeRedemption(redemptions, coupon, orderId, call.now, ({ existing, use }) =>
      decide(existing, orderId, coupon, use, call.now),
    )
  })
