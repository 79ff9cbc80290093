import { useCase } from "@eshop/building-blocks/app/use-case"
import { couponUnknown } from "@eshop/domain/discount/coupon-refusals"
import { CouponCode } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { RulePorts } from "../rules/ports.ts"
import type { CouponUseCounts } from "./ports.ts"

/** How often a coupon is taken; `maxRedemptions` is null where there is no limit. */
export const getCouponUsage = useCase("discount.get-coupon-usage", {
  input: z.strictObject({ code: CouponCode }),
  result: z.strictObject({ code: CouponCode, taken: z.int(), maxRedemptions: z.int().nullable() }),
  refusals: [couponUnknown],
  handle:
    ({ store, uses }: Pick<RulePorts, "store"> & { uses: CouponUseCounts }) =>
    async ({ code }) => {
      const coupon = await store.coupons.find(code)
      if (!coupon) return couponUnknown()
      return { code, taken: await uses.taken(coupon), maxRedemptions: coupon.maxRedemptions ?? null }
    },
})
