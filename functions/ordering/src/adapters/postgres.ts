import type { WrappingKeys } from "@eshop/building-blocks/personal-data/wrapping-keys"
import { postgresArchive } from "@eshop/building-blocks/store/postgres/archive"
import { postgresAudit } from "@eshop/building-blocks/store/postgres/audit"
import { postgresErasedCustomers } from "@eshop/building-blocks/store/postgres/erased-customers"
import { postgresPersonalData } from "@eshop/building-blocks/store/postgres/personal-data"
import { postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import { postgresWrappedKeys } from "@eshop/building-blocks/store/postgres/wrapped-keys"
import { postgresAttention } from "./postgres-attention.ts"
import { postgresCustomerOrders } from "./postgres-customer-orders.ts"
import { postgresErasureRequests } from "./postgres-erasure-requests.ts"
import { postgresInvoiceSeries } from "./postgres-invoice-series.ts"
import { postgresNotices } from "./postgres-notices.ts"
import { postgresLookupCounts, postgresOrderContacts } from "./postgres-order-contacts.ts"
import { postgresOrderViews } from "./postgres-order-views.ts"
import { postgresOrders } from "./postgres-orders.ts"
import { postgresPriceProofs } from "./postgres-price-proofs.ts"
import { postgresProjection } from "./postgres-projection.ts"
import { postgresProviderWatch } from "./postgres-provider-watch.ts"
import { postgresUnfinishedOrders } from "./postgres-unfinished-orders.ts"
import { postgresWebhookDeliveries } from "./postgres-webhook-deliveries.ts"
import { postgresWebhookSubscriptions } from "./postgres-webhook-subscriptions.ts"
import type { Heard, Tables } from "./tables.ts"

/** Ordering's tables on PostgreSQL, with its store. */
export function onPostgres(url: string, keys: WrappingKeys, heard: Heard) {
  const store = postgresStore(url)
  const { pool, relaxedPool } = store
  const tables: Tables = {
    orders: postgresOrders(pool, heard.ordersChanged),
    views: postgresOrderViews(relaxedPool),
    projection: postgresProjection(relaxedPool, heard.ordersChanged),
    invoiceSeries: postgresInvoiceSeries,
    proofs: postgresPriceProofs(pool),
    personalData: postgresPersonalData(pool, keys),
    archive: postgresArchive(pool, keys),
    wrappedKeys: postgresWrappedKeys(pool, keys),
    erased: postgresErasedCustomers(pool),
    erasureRequests: postgresErasureRequests(pool),
    customerOrders: postgresCustomerOrders(pool),
    audit: postgresAudit(pool),
    attention: postgresAttention(pool),
    unfinished: postgresUnfinishedOrders(pool),
    contacts: postgresOrderContacts(pool),
    lookups: postgresLookupCounts(pool),
    paymentWatch: postgresProviderWatch(pool, "payments"),
    refundWatch: postgresProviderWatch(pool, "refunds"),
    reportPosition: postgresProviderWatch(pool, "reports"),
    // Claims and marks are done again when they are lost.
    notices: postgresNotices(relaxedPool, heard.noticesAdded),
    deliveries: postgresWebhookDeliveries(relaxedPool, heard.deliveriesDue),
    subscriptions: postgresWebhookSubscriptions(pool, heard.deliveriesDue),
  }
  return { store, tables }
}
