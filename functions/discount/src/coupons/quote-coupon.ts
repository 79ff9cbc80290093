import { useCase } from "@eshop/building-blocks/use-case"
import { CouponCode, quote } from "@eshop/domain/discount/coupon"
import { OrderLine } from "@eshop/domain/events/basket-events"
import { Money } from "@eshop/domain/money"
import { isRefusal } from "@eshop/domain/refusal"
import { z } from "zod"
import { checkUsable, findCoupon } from "./find-usable.ts"
import type { CouponPorts } from "./ports.ts"

const Line = z.strictObject({ ...OrderLine.shape, unitPrice: z.strictObject(Money.shape) })

export const QuoteCoupon = z.strictObject({
  couponCode: CouponCode,
  lines: z.array(Line).min(1).max(100),
})

/** What a coupon takes off these lines, line by line. It promises nothing: the redemption does. */
export const quoteCoupon = (ports: CouponPorts) =>
  useCase("discount.quote-coupon", QuoteCoupon, async ({ couponCode, lines }, call) => {
    const coupon = await findCoupon(ports.coupons, couponCode)
    if (isRefusal(coupon)) return coupon
    return (await checkUsable(ports, coupon, call.now)) ?? quote(coupon, lines)
  })
