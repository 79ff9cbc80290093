import { useCase } from "@eshop/building-blocks/app/use-case"
import { getQuote, Quote } from "@eshop/domain/contracts/quotes"
import { couponUnknown, quote, unquotable, unusableCoupon } from "@eshop/domain/discount/coupon"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { findUsable } from "./find-usable.ts"
import type { CouponPorts } from "./ports.ts"

/** What a coupon takes off these lines, line by line. It promises nothing: the redemption does. */
export const quoteCoupons = useCase("discount.quote-coupons", {
  input: getQuote.input,
  result: Quote,
  refusals: [couponUnknown, ...unusableCoupon, ...unquotable],
  handle:
    (ports: CouponPorts) =>
    async ({ couponCodes: [code = ""], lines }, call) => {
      const coupon = await findUsable(ports, code, call.now)
      return isRefusal(coupon) ? coupon : quote(coupon, lines)
    },
})
