import { useCase } from "@eshop/building-blocks/app/use-case"
import { confirmRedemption as contract, Redemption } from "@eshop/domain/contracts/redemptions"
import { couponUnknown } from "@eshop/domain/discount/coupon"
import {
  confirmRedemption as decide,
  redemptionReleased,
  redemptionUnknown,
} from "@eshop/domain/discount/redemption"
import { changeRedemption } from "./change-redemption.ts"
import type { RedemptionPorts } from "./ports.ts"

/** Makes an order's reservation final: the order is paid. */
export const confirmRedemption = useCase("discount.confirm-redemption", {
  input: contract.input,
  result: Redemption,
  refusals: [couponUnknown, redemptionUnknown, redemptionReleased],
  handle:
    ({ coupons, redemptions }: RedemptionPorts) =>
    async ({ orderId, couponCode }, call) => {
      const code = couponCode ?? (await redemptions.couponOf(orderId))
      if (code === undefined) return redemptionUnknown()
      const coupon = await coupons.find(code)
      if (!coupon) return couponUnknown()
      return await changeRedemption(redemptions, coupon, orderId, call.now, ({ existing }) =>
        decide(existing),
      )
    },
})
