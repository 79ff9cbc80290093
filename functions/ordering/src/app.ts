import {
  app,
  del,
  every,
  followUp,
  get,
  on,
  orchestration,
  post,
  put,
  raw,
} from "@eshop/building-blocks/app/app"
import { healthRoutes } from "@eshop/building-blocks/app/health"
import { auditRoutes } from "@eshop/building-blocks/audit/audit"
import { deadLetterRoutes } from "@eshop/building-blocks/messaging/dead-letters"
import { erasedCustomerRoutes, PRIVACY_ROLE } from "@eshop/building-blocks/personal-data/erased-customers"
import { keyRotationRoutes } from "@eshop/building-blocks/personal-data/rewrap-keys"
import { logLevelRoutes } from "@eshop/building-blocks/telemetry/log-level"
import { BasketCheckedOut } from "@eshop/domain/contracts/basket-events"
import { StockRejected, StockReleased, StockReserved } from "@eshop/domain/contracts/catalog-events"
import {
  OrderCancelled,
  OrderDelivered,
  OrderLinesCancelled,
  OrderPaid,
  OrderRefunded,
  OrderReturned,
  OrderShipped,
  PaymentReported,
  RefundRequested,
  SagaControlRequested,
  SagaWordSpoken,
} from "@eshop/domain/contracts/ordering-events"
import { forgetLookups } from "./access/forget-lookups.ts"
import { lookUpOrder } from "./access/look-up-order.ts"
import { abandonedCheckout } from "./checkout/abandoned-checkout.ts"
import { checkout } from "./checkout/checkout-saga.ts"
import { stockRejected, stockReleased, stockReserved } from "./checkout/stock-answered.ts"
import { submitOrder } from "./checkout/submit-order.ts"
import { watchCheckouts } from "./checkout/watch-checkouts.ts"
import { sendContactMessage } from "./contact/send-contact-message.ts"
import { orderCancelled } from "./events/order-cancelled.ts"
import { orderDelivered } from "./events/order-delivered.ts"
import { orderLinesCancelled } from "./events/order-lines-cancelled.ts"
import { orderPaid } from "./events/order-paid.ts"
import { orderRefunded } from "./events/order-refunded.ts"
import { orderReturned } from "./events/order-returned.ts"
import { orderShipped } from "./events/order-shipped.ts"
import { refundRequested } from "./events/refund-requested.ts"
import { digestHeads } from "./evidence/digest-heads.ts"
import { listDigests, verifyDigest } from "./evidence/verify-digest.ts"
import { verifyOrders } from "./evidence/verify-orders.ts"
import { fulfilment } from "./fulfilment/fulfilment-saga.ts"
import { purgeSagas } from "./fulfilment/purge-sagas.ts"
import { watchUnfinishedOrders } from "./fulfilment/watch-unfinished-orders.ts"
import { carryOutControl } from "./instances/carry-out-control.ts"
import {
  purgeInstance,
  resumeInstance,
  suspendInstance,
  terminateInstance,
} from "./instances/control-instance.ts"
import { countInstances } from "./instances/count-instances.ts"
import { getInstance } from "./instances/get-instance.ts"
import { listInstances } from "./instances/list-instances.ts"
import { getInvoice } from "./invoices/get-invoice.ts"
import { NOTICES_PAUSE_MS, sendNotices } from "./notices/send-notices.ts"
import { closeOrder } from "./operations/close-order.ts"
import { deliverShipment } from "./operations/deliver-shipment.ts"
import { findOrdersByEmail } from "./operations/find-orders-by-email.ts"
import { refundOrder } from "./operations/refund-order.ts"
import { listOrdersToShip, searchOrders } from "./operations/search-orders.ts"
import { shipOrder } from "./operations/ship-order.ts"
import { cancelOrder, cancelOwnOrder } from "./orders/cancel-order.ts"
import { getOrder } from "./orders/get-order.ts"
import { getTimeline } from "./orders/get-timeline.ts"
import { listCouponUses } from "./orders/list-coupon-uses.ts"
import { listOrders } from "./orders/list-orders.ts"
import { PROJECT_PAUSE_MS, projectOrders } from "./orders/project-orders.ts"
import { getProjection, rebuildProjection } from "./orders/rebuild-projection.ts"
import { paymentReported } from "./payments/payment-reported.ts"
import { receiveReport } from "./payments/receive-report.ts"
import { reconcilePayments, reconcilePaymentsNow } from "./payments/reconcile-payments.ts"
import { forgetArchived, getArchivedAddress } from "./privacy/archived-address.ts"
import { eraseAgain } from "./privacy/erase-again.ts"
import { eraseWhenPossible } from "./privacy/erase-when-possible.ts"
import { exportCustomerData, exportMyData } from "./privacy/export-customer.ts"
import { findCustomersByEmail } from "./privacy/find-customers-by-email.ts"
import { getErasure, getMyErasure, requestErasure, requestMyErasure } from "./privacy/request-erasure.ts"
import { getPriceProof } from "./proofs/get-price-proof.ts"
import { refund } from "./refunds/refund-saga.ts"
import { acceptReturn } from "./returns/accept-return.ts"
import { listReturns } from "./returns/list-returns.ts"
import { rejectReturn } from "./returns/reject-return.ts"
import { requestReturn } from "./returns/request-return.ts"
import { hearWord } from "./sagas/hear-word.ts"
import { listAttention } from "./sagas/list-attention.ts"
import { sayWord } from "./sagas/say-word.ts"
import { createSubscription } from "./webhooks/create-subscription.ts"
import { deleteSubscription } from "./webhooks/delete-subscription.ts"
import { forgetDeliveries } from "./webhooks/forget-deliveries.ts"
import { getSubscription, listSubscriptions } from "./webhooks/get-subscriptions.ts"
import { listDeliveries } from "./webhooks/list-deliveries.ts"
import { pingSubscription } from "./webhooks/ping-subscription.ts"
import { replayDeliveries, replayDelivery } from "./webhooks/replay-deliveries.ts"
import { rotateSecret } from "./webhooks/rotate-secret.ts"
import { sendDeliveries } from "./webhooks/send-deliveries.ts"
import { updateSubscription } from "./webhooks/update-subscription.ts"
import { confirmWithdrawal } from "./withdrawals/confirm-withdrawal.ts"
import { getWithdrawalReceipt } from "./withdrawals/get-receipt.ts"
import { proposeWithdrawal } from "./withdrawals/propose-withdrawal.ts"

/** Of a customer's order: by them, or by who holds its token. */
const own = { access: "order", idempotent: true } as const
const manage = { access: { role: "orders.manage" } } as const
const managing = { ...manage, idempotent: true, etag: "version" } as const
const fulfilling = { access: { role: "orders.fulfil" }, idempotent: true, etag: "version" } as const

const operations = { access: { role: "operations" } } as const
/** What an operator asks for comes about after the answer. */
const asked = { status: 202, idempotent: true } as const
const privacy = { access: { role: PRIVACY_ROLE } } as const
const ERASURE = "/ordering/customers/me/erasure"

/** Ordering: orders, their sagas and the customers' view of them. */
export const ordering = app("ordering", [
  get("orders", listOrders, { access: "customer" }),
  get("orders/{id}", getOrder, { access: "order", etag: "version" }),
  get("orders/{id}/timeline", getTimeline, { access: "order" }),
  get("orders/{id}/price-proof", getPriceProof, { access: "order" }),
  post("orders/{id}/cancellation", cancelOwnOrder, { ...own, etag: "version", status: 202 }),
  post("orders/{id}/withdrawals", proposeWithdrawal, { access: "order" }),
  post("orders/{id}/withdrawals/{withdrawalId}/confirmation", confirmWithdrawal, {
    ...own,
    location: ({ orderId, withdrawalId }) =>
      `/ordering/orders/${orderId}/withdrawals/${withdrawalId}/receipt`,
  }),
  get("orders/{id}/withdrawals/{withdrawalId}/receipt", getWithdrawalReceipt, {
    access: "order",
    file: { contentType: "text/plain; charset=utf-8" },
  }),
  post("orders/{id}/returns", requestReturn, { ...own, etag: "version", status: 201 }),
  get("orders/{id}/returns", listReturns, { access: "order" }),
  get("operations/orders", searchOrders, manage),
  get("operations/orders/to-ship", listOrdersToShip, { access: { role: "orders.fulfil" } }),
  post("operations/orders/by-email", findOrdersByEmail, manage),
  post("operations/orders/{id}/cancellation", cancelOrder, { ...managing, status: 202 }),
  post("operations/orders/{id}/shipments", shipOrder, { ...fulfilling, status: 201 }),
  post("operations/orders/{id}/shipments/{shipmentId}/delivery", deliverShipment, fulfilling),
  post("operations/orders/{id}/returns/{returnId}/acceptance", acceptReturn, managing),
  post("operations/orders/{id}/returns/{returnId}/rejection", rejectReturn, managing),
  post("operations/orders/{id}/refunds", refundOrder, { ...managing, status: 202 }),
  post("operations/orders/{id}/closing", closeOrder, managing),
  ...auditRoutes("orders.manage"),
  post("orders/lookup", lookUpOrder, { access: "anyone", status: 202 }),
  put("contact-messages/{id}", sendContactMessage, { access: "anyone", status: 202 }),
  get("orders/{id}/invoice", getInvoice, {
    access: "order",
    file: { contentType: "text/html; charset=utf-8" },
  }),
  get("operations/webhooks", listSubscriptions, manage),
  post("operations/webhooks", createSubscription, {
    ...manage,
    status: 201,
    etag: "version",
    location: ({ id }) => `/ordering/operations/webhooks/${id}`,
  }),
  get("operations/webhooks/{id}", getSubscription, { ...manage, etag: "version" }),
  put("operations/webhooks/{id}", updateSubscription, { ...manage, etag: "version" }),
  del("operations/webhooks/{id}", deleteSubscription, manage),
  post("operations/webhooks/{id}/secret", rotateSecret, { ...manage, etag: "version" }),
  post("operations/webhooks/{id}/ping", pingSubscription, { ...manage, status: 202 }),
  get("operations/webhooks/{id}/deliveries", listDeliveries, manage),
  post("operations/webhooks/{id}/deliveries/replay", replayDeliveries, { ...manage, status: 202 }),
  post("operations/webhooks/{id}/deliveries/{deliveryId}/replay", replayDelivery, {
    ...manage,
    status: 202,
  }),
  get("operations/orders/coupons", listCouponUses, operations),
  get("operations/projections/orders", getProjection, operations),
  post("operations/projections/orders/rebuild", rebuildProjection, { ...operations, status: 202 }),
  get("customers/me/data", exportMyData, { access: "customer" }),
  post("customers/me/erasure", requestMyErasure, {
    access: "customer",
    idempotent: true,
    status: 202,
    location: () => ERASURE,
  }),
  get("customers/me/erasure", getMyErasure, { access: "customer" }),
  post("operations/customers/by-email", findCustomersByEmail, privacy),
  get("operations/customers/{customerId}/data", exportCustomerData, privacy),
  post("operations/customers/{customerId}/erasure", requestErasure, {
    ...privacy,
    idempotent: true,
    status: 202,
  }),
  get("operations/customers/{customerId}/erasure", getErasure, privacy),
  get("operations/orders/{id}/archived-address", getArchivedAddress, privacy),
  post("operations/erasures", eraseAgain, privacy),
  ...erasedCustomerRoutes,
  ...keyRotationRoutes,
  post("operations/payments/reconciliation", reconcilePaymentsNow, operations),
  get("operations/sagas", listAttention, manage),
  post("operations/sagas/{instanceId}/words", sayWord, { ...manage, ...asked }),
  get("operations/instances", listInstances, manage),
  get("operations/instances/counts", countInstances, manage),
  get("operations/instances/{instanceId}", getInstance, manage),
  post("operations/instances/{instanceId}/suspension", suspendInstance, { ...manage, ...asked }),
  post("operations/instances/{instanceId}/resumption", resumeInstance, { ...manage, ...asked }),
  post("operations/instances/{instanceId}/termination", terminateInstance, { ...operations, ...asked }),
  post("operations/instances/{instanceId}/purge", purgeInstance, { ...operations, ...asked }),
  get("operations/verification/orders", verifyOrders, operations),
  get("operations/verification/digests", listDigests, operations),
  get("operations/verification/digests/{day}", verifyDigest, operations),
  ...deadLetterRoutes,
  ...healthRoutes,
  ...logLevelRoutes,
  raw("payments/webhook", receiveReport, {
    access: "anyone",
    contentType: "application/json",
    maxBodyBytes: 262_144,
  }),
  on(BasketCheckedOut, submitOrder),
  on(StockReserved, stockReserved),
  on(StockRejected, stockRejected),
  on(OrderPaid, orderPaid),
  on(OrderShipped, orderShipped),
  on(OrderDelivered, orderDelivered),
  on(OrderCancelled, orderCancelled),
  on(OrderReturned, orderReturned),
  on(RefundRequested, refundRequested),
  on(StockReleased, stockReleased),
  on(PaymentReported, paymentReported),
  on(SagaWordSpoken, hearWord),
  on(SagaControlRequested, carryOutControl),
  followUp(projectOrders, PROJECT_PAUSE_MS),
  // At the same second as the catch-up: what runs at once is paid for once.
  every("0 * * * * *", watchCheckouts),
  every("0 */5 * * * *", eraseWhenPossible),
  every("0 23 3 * * *", forgetArchived),
  every("0 */5 * * * *", watchUnfinishedOrders),
  every("0 23 3 * * *", purgeSagas),
  on(OrderLinesCancelled, orderLinesCancelled),
  on(OrderRefunded, orderRefunded),
  followUp(sendNotices, NOTICES_PAUSE_MS),
  followUp(sendDeliveries),
  every("0 7 * * * *", forgetLookups),
  every("0 27 4 * * *", forgetDeliveries),
  every("0 */15 * * * *", reconcilePayments),
  every("0 10 0 * * *", digestHeads),
  orchestration(checkout),
  orchestration(abandonedCheckout),
  orchestration(fulfilment),
  orchestration(refund),
])
