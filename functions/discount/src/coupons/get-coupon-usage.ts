import { useCase } from "@eshop/building-blocks/app/use-case"
import { couponUnknown } from "@eshop/domain/discount/coupon"
import { CouponCode } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { CouponPorts } from "./ports.ts"

/** How often a coupon is taken; `maxRedemptions` is null where there is no limit. */
export const getCouponUsage = useCase("discount.get-coupon-usage", {
  input: z.strictObject({ code: CouponCode }),
  result: z.strictObject({ code: CouponCode, taken: z.int(), maxRedemptions: z.int().nullable() }),
  refusals: [couponUnknown],
  handle:
    ({ coupons, uses }: CouponPorts) =>
    async ({ code }) => {
      const coupon = await coupons.find(code)
      if (!coupon) return couponUnknown()
      const { taken } = await uses.count(coupon)
      return { code, taken, maxRedemptions: coupon.maxRedemptions ?? null }
    },
})
