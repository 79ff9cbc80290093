import { app } from "@azure/functions"
import { IdentitySettings } from "@eshop/building-blocks/context-app"
import { httpEdge } from "@eshop/building-blocks/http/http-edge"
import { tokenVerifier } from "@eshop/building-blocks/identity/verify-token"
import { readSettings } from "@eshop/building-blocks/settings"
import { seedCoupons as couponsToSeed } from "@eshop/domain/seed"
import { z } from "zod"
import { cachedCoupons } from "./adapters/cached-coupons.ts"
import { tableCoupons, tableCouponUses } from "./adapters/table-coupons.ts"
import { tableRedemptions } from "./adapters/table-redemptions.ts"
import { tableClient } from "./adapters/table-storage.ts"
import { getCoupon } from "./coupons/get-coupon.ts"
import { getCouponUsage } from "./coupons/get-coupon-usage.ts"
import { quoteCoupon } from "./coupons/quote-coupon.ts"
import { confirmRedemption } from "./redemptions/confirm-redemption.ts"
import { releaseRedemption } from "./redemptions/release-redemption.ts"
import { reserveRedemption } from "./redemptions/reserve-redemption.ts"

const COUPONS_CACHED_MS = 5_000

const settings = readSettings(
  z.object({
    ...IdentitySettings.shape,
    DISCOUNT_TABLES: z.string().optional(),
    DISCOUNT_TABLES__tableServiceUri: z.url().optional(),
    SEED: z.stringbool().default(false),
  }),
)
const table = tableClient(settings)
const ports = {
  coupons: cachedCoupons(tableCoupons(table), COUPONS_CACHED_MS),
  uses: tableCouponUses(table),
  redemptions: tableRedemptions(table),
}
const http = httpEdge({
  tokens: tokenVerifier({ issuer: settings.IDENTITY_ISSUER, audience: settings.IDENTITY_AUDIENCE }),
})
const ok = (body: unknown) => ({ status: 200, body })

http.route("GET", "coupons/{code}", getCoupon(ports), { access: "signed-in", answers: ok })
http.route("GET", "coupons/{code}/usage", getCouponUsage(ports), {
  access: { role: "discount.write" },
  answers: ok,
})
http.route("POST", "quotes", quoteCoupon(ports), { access: { role: "discount.quote" }, answers: ok })

const redeem = { access: { role: "discount.redeem" }, answers: ok }
http.route("PUT", "redemptions/{orderId}", reserveRedemption(ports), redeem)
http.route("POST", "redemptions/{orderId}/confirm", confirmRedemption(ports), redeem)
http.route("DELETE", "redemptions/{orderId}", releaseRedemption(ports), redeem)

app.hook.appStart(async () => {
  await table.createTable()
  if (settings.SEED) await ports.coupons.addMissing(couponsToSeed)
})
