import { useCase } from "@eshop/building-blocks/app/use-case"
import { Coupon, couponUnknown, unusableCoupon } from "@eshop/domain/discount/coupon"
import { CouponCode } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import { findUsable } from "./find-usable.ts"
import type { CouponPorts } from "./ports.ts"

/** A coupon that can be used now, or why it cannot. */
export const getCoupon = useCase("discount.get-coupon", {
  input: z.strictObject({ code: CouponCode }),
  result: Coupon,
  refusals: [couponUnknown, ...unusableCoupon],
  handle:
    (ports: CouponPorts) =>
    ({ code }, call) =>
      findUsable(ports, code, call.now),
})
