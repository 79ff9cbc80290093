import { useCase } from "@eshop/building-blocks/use-case"
import { CouponCode } from "@eshop/domain/discount/coupon"
import { confirmRedemption as decide } from "@eshop/domain/discount/redemption"
import { OrderId } from "@eshop/domain/ids"
import { isRefusal } from "@eshop/domain/refusal"
import { z } from "zod"
import { findCoupon } from "../coupons/find-usable.ts"
import { changeRedemption } from "./change-redemption.ts"
import type { RedemptionPorts } from "./ports.ts"

export const ConfirmRedemption = z.strictObject({
  orderId: OrderId,
  couponCode: CouponCode.optional().describe("Saves the look-up of the order's coupon"),
})

/** Makes an order's reservation final: the order is paid. */
export const confirmRedemption = ({ coupons, redemptions }: RedemptionPorts) =>
  useCase("discount.confirm-redemption", ConfirmRedemption, async ({ orderId, couponCode }, call) => {
    const code = couponCode ?? (await redemptions.couponOf(orderId))
    if (code === undefined) return decide(undefined)
    const coupon = await findCoupon(coupons, code)
    if (isRefusal(coupon)) return coupon
    return await changeRedemption(redemptions, coupon, orderId, call.now, ({ existing }) => decide(existing))
  })
