import { app, every, get, on } from "@eshop/building-blocks/app/app"
import { deadLetterRoutes } from "@eshop/building-blocks/messaging/dead-letters"
import { OrderCancelled, OrderCreated, OrderPaid } from "@eshop/domain/contracts/ordering-events"
import { getProduct } from "./products/get-product.ts"
import { getVariant } from "./products/get-variant.ts"
import { listProducts } from "./products/list-products.ts"
import { commitStock } from "./stock/commit-stock.ts"
import { expireReservations } from "./stock/expire-reservations.ts"
import { getStock } from "./stock/get-stock.ts"
import { releaseStock } from "./stock/release-stock.ts"
import { reserveStock } from "./stock/reserve-stock.ts"

/** Catalog: products with their variants and prices, stock and its reservations. */
export const catalog = app("catalog", [
  get("products", listProducts, { access: "anyone" }),
  get("products/{id}", getProduct, { access: "anyone", etag: "version" }),
  get("variants/{sku}", getVariant, { access: "anyone", etag: "version" }),
  get("variants/{sku}/stock", getStock, { access: "anyone" }),
  ...deadLetterRoutes,
  on(OrderCreated, reserveStock),
  on(OrderPaid, commitStock),
  on(OrderCancelled, releaseStock),
  every("30 * * * * *", expireReservations),
])
