import { start } from "@eshop/building-blocks/app/start"
import { durableFunctions, durableSagas } from "@eshop/building-blocks/durable/durable-functions"
import { livenessProbe } from "@eshop/building-blocks/http/liveness-probe"
import { serviceClient } from "@eshop/building-blocks/http/service-client"
import { guestTokens } from "@eshop/building-blocks/identity/guest-token"
import { serviceToken } from "@eshop/building-blocks/identity/service-token"
import { tokenVerifier } from "@eshop/building-blocks/identity/verify-token"
import { serviceBusDeadLetters } from "@eshop/building-blocks/messaging/dead-letter-queue"
import { deadLetterPorts } from "@eshop/building-blocks/messaging/dead-letters"
import { serviceBusBroker, serviceBusClient } from "@eshop/building-blocks/messaging/service-bus"
import { readSettings } from "@eshop/building-blocks/settings"
import { postgresPersonalData } from "@eshop/building-blocks/store/postgres/personal-data"
import { postgresStore } from "@eshop/building-blocks/store/postgres/postgres-store"
import document from "../openapi.json" with { type: "json" }
import { basketCheckouts } from "./adapters/basket-checkouts.ts"
import { discountRedemptions } from "./adapters/discount-redemptions.ts"
import { postgresOrderViews } from "./adapters/postgres-order-views.ts"
import { postgresOrders } from "./adapters/postgres-orders.ts"
import { postgresPriceProofs } from "./adapters/postgres-price-proofs.ts"
import { postgresProjection } from "./adapters/postgres-projection.ts"
import { stripePayments } from "./adapters/stripe-payments.ts"
import { ordering } from "./app.ts"
import { projectSoon } from "./orders/project-orders.ts"
import { settings } from "./settings.ts"

const from = readSettings(settings)
const token = serviceToken(from)
const store = postgresStore(from.ORDERING_DB)
const readModel = {
  views: postgresOrderViews(store.relaxedPool),
  projection: postgresProjection(store.relaxedPool),
}
const basket = { name: "basket", baseUrl: from.BASKET_URL }
const discount = { name: "discount", baseUrl: from.DISCOUNT_URL }
const payments = serviceClient({
  name: "payments",
  baseUrl: from.PAYMENT_URL,
  apiKey: from.PAYMENT_API_KEY,
  timeoutMs: 10_000,
})
start(ordering, {
  ports: {
    ...readModel,
    orders: postgresOrders(store.pool, projectSoon(readModel)),
    personalData: postgresPersonalData(store.pool, from.PERSONAL_DATA_KEYS),
    proofs: postgresPriceProofs(store.pool),
    outbox: store.outbox,
    checkouts: basketCheckouts(serviceClient({ ...basket, token })),
    redemptions: discountRedemptions(serviceClient({ ...discount, token })),
    payments: stripePayments(payments),
    sagas: durableSagas,
    ...deadLetterPorts(ordering, store, (context, topics) =>
      serviceBusDeadLetters(() => serviceBusClient(from), context, topics),
    ),
  },
  tokens: tokenVerifier(from),
  guests: guestTokens(from.GUEST_TOKEN_KEYS),
  document,
  store,
  broker: serviceBusBroker(serviceBusClient(from)),
  durable: durableFunctions,
  others: { basket: livenessProbe(basket), discount: livenessProbe(discount) },
})
