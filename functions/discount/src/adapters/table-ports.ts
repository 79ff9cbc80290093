import type { RedisCache } from "@eshop/building-blocks/cache/redis"
import { versionedCache } from "@eshop/building-blocks/cache/versioned-cache"
import { tableErasedCustomers } from "@eshop/building-blocks/store/tables/table-erased-customers"
import { type TableStorage, tableStorage } from "@eshop/building-blocks/store/tables/table-storage"
import { Coupon } from "@eshop/domain/discount/coupon"
import { Promotion } from "@eshop/domain/discount/promotion"
import { seriesWriter } from "../redemptions/series-writer.ts"
import { rememberedRules } from "./remembered-rules.ts"
import { tableAudit } from "./table-audit.ts"
import { tableCodes } from "./table-codes.ts"
import { tableCustomerOrders } from "./table-customer-orders.ts"
import { tableCustomers } from "./table-customers.ts"
import { readRevision, tableDefinitions } from "./table-definitions.ts"
import { tableCouponUseCounts, tableRedemptions } from "./table-redemptions.ts"

/** One table holds all of this context. */
const TABLE = "discount"
/** Longer than any instance uses rules without a look at the store. */
const REVISION_SECONDS = 86_400

/** The table by the `DISCOUNT_TABLES` connection: a connection string, or the service's address and an identity. */
export function discountTable(settings: {
  DISCOUNT_TABLES?: string | undefined
  DISCOUNT_TABLES__tableServiceUri?: string | undefined
}): TableStorage {
  const { DISCOUNT_TABLES: connectionString, DISCOUNT_TABLES__tableServiceUri: uri } = settings
  if (connectionString) return tableStorage({ connectionString }, TABLE)
  if (uri) return tableStorage({ uri }, TABLE)
  throw new Error("set DISCOUNT_TABLES (a connection string) or DISCOUNT_TABLES__tableServiceUri")
}

/**
 * Discount's ports on its table.
 * @param redis tells every instance of a change at once
 * @param batchAdded hears of batches of codes to be made
 */
export function tablePorts(tables: TableStorage, redis?: RedisCache, batchAdded?: () => void) {
  const store = {
    promotions: tableDefinitions(tables, "promotion", Promotion),
    coupons: tableDefinitions(tables, "coupon", Coupon),
  }
  const source = {
    revision: async () => (await readRevision(tables)).revision,
    promotions: store.promotions.list,
    coupon: store.coupons.find,
  }
  const shared =
    redis &&
    versionedCache<number>(redis, { prefix: "discount:1:", ttlSeconds: REVISION_SECONDS, sliding: true })
  return {
    store,
    rules: rememberedRules(source, shared),
    uses: tableCouponUseCounts(tables),
    codes: tableCodes(tables, batchAdded),
    customerOrders: tableCustomerOrders(tables),
    customers: tableCustomers(tables),
    erased: tableErasedCustomers(tables),
    redemptions: seriesWriter(tableRedemptions(tables)),
    audit: tableAudit(tables),
  }
}
