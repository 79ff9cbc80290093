import { useCase } from "@eshop/building-blocks/app/use-case"
import { reserveRedemption as contract, Redemption } from "@eshop/domain/contracts/redemptions"
import { couponNeedsCustomer, couponUnknown, unusableCoupon } from "@eshop/domain/discount/coupon-refusals"
import {
  reserveRedemption as decide,
  redemptionOtherCoupon,
  redemptionReleased,
} from "@eshop/domain/discount/redemption"
import { findCoupon } from "../coupons/find-coupon.ts"
import type { RedemptionPorts, Redemptions } from "./ports.ts"

/** Takes one use of the coupon for an order. Asking again is answered with the same reservation. */
export const reserveRedemption = useCase("discount.reserve-redemption", {
  input: contract.input,
  result: Redemption,
  refusals: [
    couponUnknown,
    ...unusableCoupon,
    couponNeedsCustomer,
    redemptionReleased,
    redemptionOtherCoupon,
  ],
  handle:
    ({ rules, redemptions, customerOrders }: RedemptionPorts) =>
    async ({ orderId, couponCode, customerId }, call) => {
      const found = await findCoupon(rules, couponCode)
      if (!found) return await reservedBefore(redemptions, orderId, couponCode)
      const { coupon, suffix } = found
      const asksForOrders = customerId !== undefined && coupon.conditions?.firstOrderOnly
      const hasOrdered = asksForOrders ? await customerOrders.hasOrdered(customerId) : false
      const binding = { couponCode, series: coupon.code }
      const use = { orderId, customerId, suffix, limit: coupon.maxRedemptions, binding }
      return await redemptions.change(coupon.code, use, ({ existing, otherBinding, uses }) => {
        if (otherBinding) return otherBinding.couponCode ? redemptionOtherCoupon() : redemptionReleased()
        // Whoever guesses codes learns nothing but that there is none.
        if (uses.code === "unknown") return couponUnknown()
        const customer = customerId === undefined ? undefined : { taken: uses.takenByCustomer, hasOrdered }
        return decide(
          existing,
          { orderId, couponCode },
          coupon,
          { taken: uses.taken, customer, isCodeUsed: uses.code === "used" },
          call.now,
        )
      })
    },
})

/** The reservation that an order made while there was such a coupon. */
async function reservedBefore(redemptions: Redemptions, orderId: string, couponCode: string) {
  const bound = await redemptions.boundTo(orderId)
  if (bound?.couponCode !== couponCode || bound.series === undefined) return couponUnknown()
  return await redemptions.change(bound.series, { orderId }, ({ existing }) => {
    if (!existing) return couponUnknown()
    return existing.status === "released" ? redemptionReleased() : existing
  })
}
