import { useCase } from "@eshop/building-blocks/app/use-case"
import { releaseRedemption as contract, Redemption } from "@eshop/domain/contracts/redemptions"
import { releaseRedemption as decide, redemptionOtherCoupon } from "@eshop/domain/discount/redemption"
import { findCoupon } from "../coupons/find-coupon.ts"
import type { RedemptionPorts, Redemptions } from "./ports.ts"

/** Gives an order's use of the coupon back; also before it was reserved, which keeps a late reservation out. */
export const releaseRedemption = useCase("discount.release-redemption", {
  input: contract.input,
  result: Redemption,
  refusals: [redemptionOtherCoupon],
  handle:
    ({ rules, redemptions }: Pick<RedemptionPorts, "rules" | "redemptions">) =>
    async ({ orderId, couponCode }) => {
      const released: Redemption = { orderId, couponCode, status: "released" }
      const series = (await findCoupon(rules, couponCode))?.coupon.code
      // What does not exist (any more) may have been reserved before; nobody will reserve it.
      const bound =
        series === undefined
          ? await redemptions.boundTo(orderId)
          : await redemptions.bind(orderId, { couponCode, series })
      if (bound?.series === undefined) return released
      if (bound.couponCode !== couponCode) return redemptionOtherCoupon()
      return await giveBack(redemptions, bound.series, released)
    },
})

/** @param released what the redemption is when nobody has reserved it */
export const giveBack = (
  redemptions: Redemptions,
  series: string,
  released: Redemption,
): Promise<Redemption> =>
  redemptions.change<never>(series, { orderId: released.orderId }, ({ existing }) =>
    decide(existing, released),
  )
