import { coalesced } from "@eshop/building-blocks/coalesced"
import { contextApp, IdentitySettings, MessagingSettings } from "@eshop/building-blocks/context-app"
import { serviceClient } from "@eshop/building-blocks/http/service-client"
import { ServiceSettings, serviceToken } from "@eshop/building-blocks/identity/service-token"
import { when } from "@eshop/building-blocks/messaging/event-edge"
import { readSettings } from "@eshop/building-blocks/settings"
import { BasketCheckedOut } from "@eshop/domain/events/basket-events"
import { StockRejected, StockReserved } from "@eshop/domain/events/catalog-events"
import * as df from "durable-functions"
import { z } from "zod"
import { discountRedemptions } from "./adapters/discount-redemptions.ts"
import { CHECKOUT_SAGA, durableSagas } from "./adapters/durable-sagas.ts"
import { postgresOrderViews } from "./adapters/postgres-order-views.ts"
import { postgresOrders } from "./adapters/postgres-orders.ts"
import { postgresProjection } from "./adapters/postgres-projection.ts"
import { stripePayments } from "./adapters/stripe-payments.ts"
import { checkoutSaga } from "./checkout/checkout-saga.ts"
import { confirmCoupon, releaseCoupon, reserveCoupon } from "./checkout/coupon-steps.ts"
import { hearStockRejected, hearStockReserved } from "./checkout/hear-stock-answer.ts"
import { cancelOrder, confirmStock, createOrder, markPaid } from "./checkout/order-steps.ts"
import { authorisePayment, capturePayment, checkPayment, undoPayment } from "./checkout/payment-steps.ts"
import { registerActivities } from "./checkout/register-activities.ts"
import { startCheckout } from "./checkout/start-checkout.ts"
import { getOrder, getTimeline } from "./orders/get-order.ts"
import { listOrders } from "./orders/list-orders.ts"
import { projectOrders } from "./orders/project-orders.ts"

/** The read model follows the orders in steps of this length: many changes, one step. */
const PROJECTION_PAUSE_MS = 50

const settings = readSettings(
  z.object({
    ...IdentitySettings.shape,
    ...ServiceSettings.shape,
    ...MessagingSettings.shape,
    ORDERING_DB: z.url(),
    DISCOUNT_URL: z.url(),
    PAYMENT_URL: z.url(),
    PAYMENT_API_KEY: z.string().min(1),
  }),
)
const { pool, relaxedPool, outbox, http, events, every, systemCall } = contextApp(
  settings.ORDERING_DB,
  settings,
)
const wakeProjector = coalesced(
  () => projectOrders(ports),
  (error) => console.warn(`the read model lags behind until the next run: ${(error as Error).message}`),
  PROJECTION_PAUSE_MS,
)
const ports = {
  orders: postgresOrders(pool, wakeProjector),
  views: postgresOrderViews(relaxedPool),
  projection: postgresProjection(relaxedPool),
  outbox,
  payments: stripePayments(
    serviceClient({ name: "payments", baseUrl: settings.PAYMENT_URL, apiKey: settings.PAYMENT_API_KEY }),
  ),
  redemptions: discountRedemptions(
    serviceClient({ name: "discount", baseUrl: settings.DISCOUNT_URL, token: serviceToken(settings) }),
  ),
}
http.route("GET", "orders", listOrders(ports), {
  access: "signed-in",
  answers: (page) => ({ status: 200, body: page }),
})
http.route("GET", "orders/{id}", getOrder(ports), {
  access: "signed-in",
  answers: ({ order, version }) => ({ status: 200, body: order, version }),
})
http.route("GET", "orders/{id}/timeline", getTimeline(ports), {
  access: "signed-in",
  answers: (timeline) => ({ status: 200, body: timeline }),
})

const withSagas = { extraInputs: [df.input.durableClient()] }
events.subscription(
  BasketCheckedOut.topic,
  "ordering",
  (context) => [when(BasketCheckedOut, startCheckout({ ...ports, sagas: durableSagas(context) }))],
  withSagas,
)
events.subscription(
  StockReserved.topic,
  "ordering",
  (context) => {
    const sagas = durableSagas(context)
    return [
      when(StockReserved, hearStockReserved({ sagas })),
      when(StockRejected, hearStockRejected({ sagas })),
    ]
  },
  withSagas,
)

df.app.orchestration(CHECKOUT_SAGA, checkoutSaga)
registerActivities(systemCall, [
  createOrder(ports),
  cancelOrder(ports),
  confirmStock(ports),
  markPaid(ports),
  reserveCoupon(ports),
  confirmCoupon(ports),
  releaseCoupon(ports),
  authorisePayment(ports),
  checkPayment(ports),
  capturePayment(ports),
  undoPayment(ports),
])

every("*/10 * * * * *", "project-orders", () => projectOrders(ports))
