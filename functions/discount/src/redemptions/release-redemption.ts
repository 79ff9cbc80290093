import { useCase } from "@eshop/building-blocks/app/use-case"
import { releaseRedemption as contract, Redemption } from "@eshop/domain/contracts/redemptions"
import { releaseRedemption as decide, redemptionOtherCoupon } from "@eshop/domain/discount/redemption"
import { changeRedemption } from "./change-redemption.ts"
import type { RedemptionPorts } from "./ports.ts"

/** Gives an order's use of the coupon back; also before it was reserved, which keeps a late reservation out. */
export const releaseRedemption = useCase("discount.release-redemption", {
  input: contract.input,
  result: Redemption,
  refusals: [redemptionOtherCoupon],
  handle:
    ({ coupons, redemptions }: RedemptionPorts) =>
    async ({ orderId, couponCode }, call) => {
      const released: Redemption = { orderId, couponCode, status: "released" }
      const coupon = await coupons.find(couponCode)
      // Nobody can have reserved, or will reserve, what does not exist.
      if (!coupon) return released
      if ((await redemptions.bind(orderId, couponCode)) !== couponCode) return redemptionOtherCoupon()
      return await changeRedemption<never>(redemptions, coupon, orderId, call.now, ({ existing }) =>
        decide(existing, released),
      )
    },
})
