import { useCase } from "@eshop/building-blocks/app/use-case"
import { reserveRedemption as contract, Redemption } from "@eshop/domain/contracts/redemptions"
import { couponUnknown, unusableCoupon } from "@eshop/domain/discount/coupon"
import {
  reserveRedemption as decide,
  redemptionOtherCoupon,
  redemptionReleased,
} from "@eshop/domain/discount/redemption"
import { changeRedemption } from "./change-redemption.ts"
import type { RedemptionPorts } from "./ports.ts"

/** Takes one use of the coupon for an order. Asking again is answered with the same reservation. */
export const reserveRedemption = useCase("discount.reserve-redemption", {
  input: contract.input,
  result: Redemption,
  refusals: [couponUnknown, ...unusableCoupon, redemptionReleased, redemptionOtherCoupon],
  handle:
    ({ coupons, redemptions }: RedemptionPorts) =>
    async ({ orderId, couponCode }, call) => {
      const coupon = await coupons.find(couponCode)
      if (!coupon) return couponUnknown()
      if ((await redemptions.bind(orderId, couponCode)) !== couponCode) return redemptionOtherCoupon()
      return await changeRedemption(redemptions, coupon, orderId, call.now, ({ existing, use }) =>
        decide(existing, orderId, coupon, use, call.now),
      )
    },
})
