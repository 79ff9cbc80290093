import { app, del, get, post, put } from "@eshop/building-blocks/app/app"
import { getCoupon } from "./coupons/get-coupon.ts"
import { getCouponUsage } from "./coupons/get-coupon-usage.ts"
import { quoteCoupons } from "./coupons/quote-coupons.ts"
import { confirmRedemption } from "./redemptions/confirm-redemption.ts"
import { reconcileRedemptions } from "./redemptions/reconcile-redemptions.ts"
import { releaseRedemption } from "./redemptions/release-redemption.ts"
import { reserveRedemption } from "./redemptions/reserve-redemption.ts"

const redeem = { access: { role: "discount.redeem" } } as const

/** Discount: coupons and their redemptions. Every change is idempotent by order: no transaction, hence no outbox. */
export const discount = app(
  "discount",
  [
    get("coupons/{code}", getCoupon, { access: "signed-in" }),
    get("coupons/{code}/usage", getCouponUsage, { access: { role: "discount.write" } }),
    post("quotes", quoteCoupons, { access: { role: "discount.quote" } }),
    put("redemptions/{orderId}", reserveRedemption, redeem),
    post("redemptions/{orderId}/confirm", confirmRedemption, redeem),
    del("redemptions/{orderId}", releaseRedemption, redeem),
    post("operations/redemptions/reconcile", reconcileRedemptions, { access: { role: "operations" } }),
  ],
  { transactional: false },
)
