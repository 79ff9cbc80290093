import { followUps } from "@eshop/building-blocks/app/follow-ups"
import { start } from "@eshop/building-blocks/app/start"
import { durableFunctions, durableSagas } from "@eshop/building-blocks/durable/durable-functions"
import { durableTaskHub } from "@eshop/building-blocks/durable/durable-task-hub"
import { livenessProbe } from "@eshop/building-blocks/http/liveness-probe"
import { outboundPost } from "@eshop/building-blocks/http/outbound-post"
import { serviceClient } from "@eshop/building-blocks/http/service-client"
import { guestTokens } from "@eshop/building-blocks/identity/guest-token"
import { orderTokens } from "@eshop/building-blocks/identity/order-token"
import { serviceToken } from "@eshop/building-blocks/identity/service-token"
import { tokenVerifier } from "@eshop/building-blocks/identity/verify-token"
import { serviceBusDeadLetters } from "@eshop/building-blocks/messaging/dead-letter-queue"
import { deadLetterPorts } from "@eshop/building-blocks/messaging/dead-letters"
import { serviceBusBroker, serviceBusClient } from "@eshop/building-blocks/messaging/service-bus"
import { readSettings } from "@eshop/building-blocks/settings"
import { log } from "@eshop/building-blocks/telemetry/log"
import document from "../openapi.json" with { type: "json" }
import { emailDigests } from "./access/email-digest.ts"
import { basketCheckouts } from "./adapters/basket-checkouts.ts"
import { blobDigests } from "./adapters/blob-digests.ts"
import { connectCosmos, cosmosOf, cosmosOrderViews } from "./adapters/cosmos-order-views.ts"
import { openDatabase } from "./adapters/database.ts"
import { discountRedemptions } from "./adapters/discount-redemptions.ts"
import { httpCustomerData } from "./adapters/http-customer-data.ts"
import { loggedNotices } from "./adapters/logged-notices.ts"
import { mailboxFolder, noticeFolder } from "./adapters/notice-folder.ts"
import { stripeClient } from "./adapters/stripe-client.ts"
import { stripeEvents } from "./adapters/stripe-events.ts"
import { stripePayments } from "./adapters/stripe-payments.ts"
import { ordering } from "./app.ts"
import { orderLinks, sendNotices } from "./notices/send-notices.ts"
import { projectOrders } from "./orders/project-orders.ts"
import { registerSagaGauges } from "./sagas/saga-gauges.ts"
import { settings } from "./settings.ts"
import { webhookSecrets } from "./webhooks/secrets.ts"
import { ATTEMPT_MS, sendDeliveries } from "./webhooks/send-deliveries.ts"

const from = readSettings(settings)
const token = serviceToken(from)
const cosmos = cosmosOf(from.ORDERING_VIEWS__accountEndpoint, from.ORDERING_VIEWS)
const follow = followUps()
const { store, tables: inDatabase } = openDatabase(from.ORDERING_DB, from.PERSONAL_DATA_KEYS, {
  ordersChanged: follow.asks(projectOrders),
  noticesAdded: follow.asks(sendNotices),
  deliveriesDue: follow.asks(sendDeliveries),
})
const isKnown = async (orderId: string) => (await inDatabase.orders.find(orderId)) !== undefined
const tables = cosmos
  ? { ...inDatabase, views: cosmosOrderViews(connectCosmos(cosmos), isKnown) }
  : inDatabase
const basket = { name: "basket", baseUrl: from.BASKET_URL }
const discount = { name: "discount", baseUrl: from.DISCOUNT_URL }
const catalog = { name: "catalog", baseUrl: from.CATALOG_URL }
const payments = stripePayments(stripeClient({ url: from.PAYMENT_URL, apiKey: from.PAYMENT_API_KEY }), {
  returnUrl: (orderId) => new URL(`orders/${orderId}`, from.STOREFRONT_URL).href,
})
const tokens = orderTokens(from.GUEST_TOKEN_KEYS)
const noticePorts = {
  ...tables,
  delivery: from.NOTICES_DIR ? noticeFolder(from.NOTICES_DIR) : loggedNotices(log.info),
  orderLinks: orderLinks(from.STOREFRONT_URL, tokens),
}
const outbound = { allowPrivate: from.WEBHOOKS_ALLOW_PRIVATE }
const webhookPorts = {
  ...tables,
  webhookSecrets: webhookSecrets(from.WEBHOOK_KEYS),
  post: outboundPost({ ...outbound, timeoutMs: ATTEMPT_MS }),
}
registerSagaGauges(tables)
start(ordering, {
  ports: {
    otherContexts: {
      basket: httpCustomerData("basket", serviceClient({ ...basket, token })),
      catalog: httpCustomerData("catalog", serviceClient({ ...catalog, token })),
      discount: httpCustomerData("discount", serviceClient({ ...discount, token })),
    },
    outbox: store.outbox,
    ...(from.DIGESTS_URL && { digests: blobDigests({ url: from.DIGESTS_URL }) }),
    checkoutSettings: { gracePeriodSeconds: from.GRACE_PERIOD_SECONDS },
    ...noticePorts,
    ...(from.NOTICES_DIR && { mailbox: mailboxFolder(from.NOTICES_DIR) }),
    ...webhookPorts,
    emails: emailDigests(from.LOOKUP_KEYS),
    outbound,
    seller: from.SELLER,
    checkouts: basketCheckouts(serviceClient({ ...basket, token })),
    redemptions: discountRedemptions(serviceClient({ ...discount, token })),
    payments,
    providerRecords: payments,
    providerEvents: stripeEvents(from.PAYMENT_WEBHOOK_SECRETS),
    inbox: store.inbox,
    sagas: durableSagas,
    taskHub: durableTaskHub(),
    logLevels: store.logLevels,
    ...deadLetterPorts(ordering, store, (context, topics) =>
      serviceBusDeadLetters(() => serviceBusClient(from), context, topics),
    ),
  },
  tokens: tokenVerifier(from),
  guests: guestTokens(from.GUEST_TOKEN_KEYS),
  orderTokens: tokens,
  document,
  store,
  followUps: follow,
  broker: serviceBusBroker(serviceBusClient(from)),
  durable: durableFunctions,
  others: {
    basket: livenessProbe(basket),
    discount: livenessProbe(discount),
    ...(cosmos && { cosmos: async () => void (await tables.views.list("nobody", {}, undefined, 1)) }),
  },
})
