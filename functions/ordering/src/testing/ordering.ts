import { randomBytes } from "node:crypto"
import { fileURLToPath } from "node:url"
import type { OwnPorts } from "@eshop/building-blocks/app/start"
import { appUnderTest } from "@eshop/building-blocks/app/testing/app-under-test"
import type { SagaStatus, Sagas } from "@eshop/building-blocks/durable/saga-client"
import { memoryTaskHub } from "@eshop/building-blocks/durable/testing/memory-task-hub"
import { orderTokens } from "@eshop/building-blocks/identity/order-token"
import { newId } from "@eshop/building-blocks/ids"
import { deadLetterPorts } from "@eshop/building-blocks/messaging/dead-letters"
import { emptyQueue } from "@eshop/building-blocks/messaging/testing/empty-queue"
import { postgresArchive } from "@eshop/building-blocks/store/postgres/archive"
import { postgresAudit } from "@eshop/building-blocks/store/postgres/audit"
import { postgresErasedCustomers } from "@eshop/building-blocks/store/postgres/erased-customers"
import { applyMigrations } from "@eshop/building-blocks/store/postgres/migrations"
import { postgresPersonalData } from "@eshop/building-blocks/store/postgres/personal-data"
import { postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import { postgresWrappedKeys } from "@eshop/building-blocks/store/postgres/wrapped-keys"
import { versionedKeys } from "@eshop/building-blocks/versioned-keys"
import { BasketCheckedOut, type Checkout } from "@eshop/domain/contracts/basket-events"
import { type CheckoutDetails, getCheckout } from "@eshop/domain/contracts/checkouts"
import { OrderStatusChanged } from "@eshop/domain/contracts/ordering-events"
import { emailDigests } from "../access/email-digest.ts"
import { postgresAttention } from "../adapters/postgres-attention.ts"
import { postgresCustomerOrders } from "../adapters/postgres-customer-orders.ts"
import { postgresErasureRequests } from "../adapters/postgres-erasure-requests.ts"
import { postgresInvoiceSeries } from "../adapters/postgres-invoice-series.ts"
import { postgresNotices } from "../adapters/postgres-notices.ts"
import { postgresLookupCounts, postgresOrderContacts } from "../adapters/postgres-order-contacts.ts"
import { postgresOrderViews } from "../adapters/postgres-order-views.ts"
import { postgresOrders } from "../adapters/postgres-orders.ts"
import { postgresPriceProofs } from "../adapters/postgres-price-proofs.ts"
import { postgresProjection } from "../adapters/postgres-projection.ts"
import { postgresProviderWatch } from "../adapters/postgres-provider-watch.ts"
import { postgresUnfinishedOrders } from "../adapters/postgres-unfinished-orders.ts"
import { postgresWebhookDeliveries } from "../adapters/postgres-webhook-deliveries.ts"
import { postgresWebhookSubscriptions } from "../adapters/postgres-webhook-subscriptions.ts"
import { ordering } from "../app.ts"
import type { Notice } from "../notices/ports.ts"
import { orderLinks } from "../notices/send-notices.ts"
import { webhookSecrets } from "../webhooks/secrets.ts"

export type OrderingPorts = OwnPorts<typeof ordering>

const migrations = fileURLToPath(new URL("../../migrations/postgres", import.meta.url))

const newKeyText = () => `test:${randomBytes(32).toString("base64")}`
const newKeys = () => versionedKeys.parse(newKeyText())
/** Of the webhooks of all tests, as a setting. */
export const testWebhookKeys = newKeyText()
const wrappingKeys = newKeys()
/** Of the orders of all tests. */
export const testOrderTokens = orderTokens(newKeys())

const never = async () => {
  throw new Error("no saga runs here")
}

const nothingOf = async (customerId: string) => ({ customerId, kinds: {}, cutShort: [] })

/** Ordering's ports on a real database. Basket knows the checkouts that a test puts there; sagas are only recorded. */
export async function orderingOn(databaseUrl: string) {
  await applyMigrations(databaseUrl, migrations)
  const store = postgresStore(databaseUrl)
  const checkouts = new Map<string, CheckoutDetails>()
  const find = async (id: string) => checkouts.get(id)
  const sagas = recordedSagas()
  const taskHub = memoryTaskHub()
  const contacts = postgresOrderContacts(store.pool)
  const orders = postgresOrders(store.pool, () => {})
  const personalData = postgresPersonalData(store.pool, wrappingKeys)
  const sentNotices: Notice[] = []
  const ports: OrderingPorts = {
    orders,
    contacts,
    emails: emailDigests(newKeys()),
    lookups: postgresLookupCounts(store.pool),
    notices: postgresNotices(store.pool, () => {}),
    delivery: {
      send: async (notice) => void sentNotices.push(notice),
      forget: async (orderId) => {
        sentNotices.splice(
          0,
          sentNotices.length,
          ...sentNotices.filter((notice) => notice.orderId !== orderId),
        )
      },
    },
    orderLinks: orderLinks("https://shop.example", testOrderTokens),
    subscriptions: postgresWebhookSubscriptions(store.pool),
    deliveries: postgresWebhookDeliveries(store.pool, () => {}),
    webhookSecrets: webhookSecrets(versionedKeys.parse(testWebhookKeys)),
    outbound: { allowPrivate: true },
    post: async () => ({ error: "nobody" }),
    invoiceSeries: postgresInvoiceSeries,
    seller: "eShop Ltd\n1 Main Street\nVAT GB123",
    views: postgresOrderViews(store.relaxedPool),
    projection: postgresProjection(store.relaxedPool),
    archive: postgresArchive(store.pool, wrappingKeys),
    wrappedKeys: postgresWrappedKeys(store.pool, wrappingKeys),
    erased: postgresErasedCustomers(store.pool),
    erasureRequests: postgresErasureRequests(store.pool),
    customerOrders: postgresCustomerOrders(store.pool),
    otherContexts: { basket: nothingOf, catalog: nothingOf, discount: nothingOf },
    unfinished: postgresUnfinishedOrders(store.pool),
    personalData,
    proofs: postgresPriceProofs(store.pool),
    audit: postgresAudit(store.pool),
    outbox: store.outbox,
    attention: postgresAttention(store.pool),
    checkoutSettings: { gracePeriodSeconds: 0 },
    logLevels: store.logLevels,
    ...deadLetterPorts(ordering, store, emptyQueue),
    checkouts: { find, lookUp: find },
    sagas,
    taskHub,
    inbox: store.inbox,
    paymentWatch: postgresProviderWatch(store.pool, "payments"),
    refundWatch: postgresProviderWatch(store.pool, "refunds"),
    reportPosition: postgresProviderWatch(store.pool, "reports"),
    providerEvents: { read: never },
    providerRecords: {
      find: never,
      findDispute: never,
      findRefund: never,
      madeBetween: never,
      refundsMadeBetween: never,
      lateReportsMadeBetween: never,
      release: never,
    },
    payments: {
      authorise: never,
      check: never,
      capture: never,
      undo: never,
      refund: never,
      checkRefund: never,
    },
    redemptions: { reserve: never, confirm: never, release: never },
  }
  return {
    store,
    ports,
    sagas,
    taskHub,
    contacts,
    /** Notices that were sent. */
    sentNotices,
    /** The app in this process. @param other ports that a test wants otherwise */
    appWith: (other: Partial<OrderingPorts> = {}) =>
      appUnderTest(ordering, {
        ports: { ...ports, ...other },
        store,
        orderTokens: testOrderTokens,
      }),
    /** A checkout that Basket knows, and what it knows of it. */
    newCheckout(more: Partial<Checkout> = {}): { checkout: Checkout; details: CheckoutDetails } {
      const checkoutId = newId()
      const checkout = { ...BasketCheckedOut.example, checkoutId, customerId: newId(), ...more }
      const { customerId } = checkout
      const details = { ...getCheckout.example.answer, checkoutId, customerId, checkout }
      checkouts.set(checkoutId, details)
      return { checkout, details }
    },
    /** The types of what waits to be sent about an order, without the changes of its status. */
    async announced(orderId: string): Promise<string[]> {
      const { rows } = await store.pool.query<{ type: string }>(
        `SELECT event->>'type' AS type FROM outbox
         WHERE event->>'subject' = $1 AND event->>'type' <> $2 ORDER BY position`,
        [orderId, OrderStatusChanged.type],
      )
      return rows.map(({ type }) => type)
    },
  }
}

/** Sagas that are started and hear events, and do nothing. */
function recordedSagas() {
  const started: { saga: string; id: string; input: unknown }[] = []
  const raised: { id: string; event: string; data: unknown }[] = []
  const standings = new Map<string, SagaStatus>()
  const sagas: Sagas = {
    async start({ name: saga }, id, input) {
      if (!started.some((one) => one.id === id)) started.push({ saga, id, input })
    },
    async raise(id, event, data) {
      if (!started.some((one) => one.id === id)) return false
      raised.push({ id, event, data })
      return true
    },
    purgeEnded: async () => 0,
    status: async (id) =>
      standings.get(id) ??
      (started.some((one) => one.id === id) ? { status: "running", position: undefined } : undefined),
  }
  return {
    ...sagas,
    /** Says how an instance stands from now on; nobody hears it when it has ended. */
    stand: (id: string, status: SagaStatus) => void standings.set(id, status),
    startedFor: (id: string) => started.filter((one) => one.id === id),
    raisedFor: (id: string) => raised.filter((one) => one.id === id),
  }
}

export const customer = (id: string) => ({ kind: "customer" as const, id, roles: [] })
export const manager = { kind: "service" as const, id: "manager", roles: ["orders.manage", "orders.fulfil"] }
export const operator = { kind: "service" as const, id: "operator", roles: ["operations"] }
