import { start } from "@eshop/building-blocks/app/start"
import { tokenVerifier } from "@eshop/building-blocks/identity/verify-token"
import { readSettings } from "@eshop/building-blocks/settings"
import document from "../openapi.json" with { type: "json" }
import { cachedCoupons } from "./adapters/cached-coupons.ts"
import { tableCoupons } from "./adapters/table-coupons.ts"
import { tableCouponUses, tableRedemptions } from "./adapters/table-redemptions.ts"
import { tableStorage } from "./adapters/table-storage.ts"
import { discount } from "./app.ts"
import { seedCoupons } from "./coupons/seed-coupons.ts"
import { settings } from "./settings.ts"

const COUPONS_CACHED_MS = 5_000

const from = readSettings(settings)
const tables = tableStorage(from)
start(discount, {
  ports: {
    coupons: cachedCoupons(tableCoupons(tables), COUPONS_CACHED_MS),
    uses: tableCouponUses(tables),
    redemptions: tableRedemptions(tables),
  },
  tokens: tokenVerifier(from),
  document,
  own: () => tables.ping(),
  ...(from.SEED && { seed: seedCoupons }),
})
