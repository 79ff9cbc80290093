import { useCase } from "@eshop/building-blocks/use-case"
import { CouponCode } from "@eshop/domain/discount/coupon"
import { releaseRedemption as decide, otherCoupon, type Redemption } from "@eshop/domain/discount/redemption"
import { OrderId } from "@eshop/domain/ids"
import { z } from "zod"
import { changeRedemption } from "./change-redemption.ts"
import type { RedemptionPorts } from "./ports.ts"

export const ReleaseRedemption = z.strictObject({ orderId: OrderId, couponCode: CouponCode })

/** Gives an order's use of the coupon back; also before it was reserved, which keeps a late reservation out. */
export const releaseRedemption = ({ coupons, redemptions }: RedemptionPorts) =>
  useCase("discount.release-redemption", ReleaseRedemption, async ({ orderId, couponCode }, call) => {
    const released: Redemption = { orderId, couponCode, status: "released" }
    const coupon = await coupons.find(couponCode)
    // Nobody can have reserved, or will reserve, what does not exist.
    if (!coupon) return released
    if ((await redemptions.tie(orderId, couponCode)) !== couponCode) return otherCoupon()
    return await changeRedemption(redemptions, coupon, orderId, call.now, ({ existing }) =>
      decide(existing, released),
    )
  })
