import { app, every, get, on, orchestration, post } from "@eshop/building-blocks/app/app"
import { deadLetterRoutes } from "@eshop/building-blocks/messaging/dead-letters"
import { BasketCheckedOut } from "@eshop/domain/contracts/basket-events"
import { StockRejected, StockReserved } from "@eshop/domain/contracts/catalog-events"
import { abandonedCheckout } from "./checkout/abandoned-checkout.ts"
import { checkout } from "./checkout/checkout-saga.ts"
import { stockRejected, stockReserved } from "./checkout/stock-answered.ts"
import { submitOrder } from "./checkout/submit-order.ts"
import { watchCheckouts } from "./checkout/watch-checkouts.ts"
import { getOrder, getTimeline } from "./orders/get-order.ts"
import { listCouponUses } from "./orders/list-coupon-uses.ts"
import { listOrders } from "./orders/list-orders.ts"
import { projectOrders } from "./orders/project-orders.ts"
import { getProjection, rebuildProjection } from "./orders/rebuild-projection.ts"
import { getPriceProof } from "./proofs/get-price-proof.ts"

const operations = { access: { role: "operations" } } as const

/** Ordering: orders, their sagas and the customers' view of them. */
export const ordering = app("ordering", [
  get("orders", listOrders, { access: "customer" }),
  get("orders/{id}", getOrder, { access: "signed-in-or-guest", etag: "version" }),
  get("orders/{id}/timeline", getTimeline, { access: "signed-in-or-guest" }),
  get("orders/{id}/price-proof", getPriceProof, { access: "signed-in-or-guest" }),
  get("operations/orders/coupons", listCouponUses, operations),
  get("operations/projections/orders", getProjection, operations),
  post("operations/projections/orders/rebuild", rebuildProjection, { ...operations, status: 202 }),
  ...deadLetterRoutes,
  on(BasketCheckedOut, submitOrder),
  on(StockReserved, stockReserved),
  on(StockRejected, stockRejected),
  every("*/10 * * * * *", projectOrders),
  every("20 * * * * *", watchCheckouts),
  orchestration(checkout),
  orchestration(abandonedCheckout),
])
