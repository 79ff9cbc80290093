import { useCase } from "@eshop/building-blocks/app/use-case"
import { Coupon } from "@eshop/domain/discount/coupon"
import { couponUnknown } from "@eshop/domain/discount/coupon-refusals"
import { CouponCode } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { RulePorts } from "../rules/ports.ts"

/** A coupon as it is stored. Customers learn from a quote whether they can use it. */
export const getCoupon = useCase("discount.get-coupon", {
  input: z.strictObject({ code: CouponCode }),
  result: Coupon,
  refusals: [couponUnknown],
  handle:
    ({ store }: Pick<RulePorts, "store">) =>
    async ({ code }) =>
      (await store.coupons.find(code)) ?? couponUnknown(),
})
