import type { WrappingKeys } from "@eshop/building-blocks/personal-data/wrapping-keys"
import { sqlServerArchive } from "@eshop/building-blocks/store/sqlserver/archive"
import { sqlServerAudit } from "@eshop/building-blocks/store/sqlserver/audit"
import { sqlServerErasedCustomers } from "@eshop/building-blocks/store/sqlserver/erased-customers"
import { sqlServerPersonalData } from "@eshop/building-blocks/store/sqlserver/personal-data"
import { sqlServerStore } from "@eshop/building-blocks/store/sqlserver/sqlserver-store"
import { sqlServerWrappedKeys } from "@eshop/building-blocks/store/sqlserver/wrapped-keys"
import type { Heard, Tables } from "../tables.ts"
import { sqlServerAttention } from "./attention.ts"
import { sqlServerCustomerOrders } from "./customer-orders.ts"
import { sqlServerErasureRequests } from "./erasure-requests.ts"
import { sqlServerInvoiceSeries } from "./invoice-series.ts"
import { sqlServerNotices } from "./notices.ts"
import { sqlServerLookupCounts, sqlServerOrderContacts } from "./order-contacts.ts"
import { sqlServerOrderViews } from "./order-views.ts"
import { sqlServerOrders } from "./orders.ts"
import { sqlServerPriceProofs } from "./price-proofs.ts"
import { sqlServerProjection } from "./projection.ts"
import { sqlServerProviderWatch } from "./provider-watch.ts"
import { sqlServerUnfinishedOrders } from "./unfinished-orders.ts"
import { sqlServerWebhookDeliveries } from "./webhook-deliveries.ts"
import { sqlServerWebhookSubscriptions } from "./webhook-subscriptions.ts"

/** Ordering's tables on SQL Server, with its store. */
export function onSqlServer(url: string, keys: WrappingKeys, heard: Heard) {
  const store = sqlServerStore(url)
  const { pool, background } = store
  const tables: Tables = {
    orders: sqlServerOrders(pool, heard.ordersChanged),
    views: sqlServerOrderViews(background),
    projection: sqlServerProjection(background, heard.ordersChanged),
    invoiceSeries: sqlServerInvoiceSeries,
    proofs: sqlServerPriceProofs(pool),
    personalData: sqlServerPersonalData(pool, keys),
    archive: sqlServerArchive(pool, keys),
    wrappedKeys: sqlServerWrappedKeys(pool, keys),
    erased: sqlServerErasedCustomers(pool),
    erasureRequests: sqlServerErasureRequests(pool),
    customerOrders: sqlServerCustomerOrders(pool),
    audit: sqlServerAudit(pool),
    attention: sqlServerAttention(pool),
    unfinished: sqlServerUnfinishedOrders(pool),
    contacts: sqlServerOrderContacts(pool),
    lookups: sqlServerLookupCounts(pool),
    paymentWatch: sqlServerProviderWatch(pool, "payments"),
    refundWatch: sqlServerProviderWatch(pool, "refunds"),
    reportPosition: sqlServerProviderWatch(pool, "reports"),
    notices: sqlServerNotices(background, heard.noticesAdded),
    deliveries: sqlServerWebhookDeliveries(background, heard.deliveriesDue),
    subscriptions: sqlServerWebhookSubscriptions(pool, heard.deliveriesDue),
  }
  return { store, tables }
}
