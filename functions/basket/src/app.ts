import { app, del, every, get, on, post, put } from "@eshop/building-blocks/app/app"
import { healthRoutes } from "@eshop/building-blocks/app/health"
import { auditRoutes } from "@eshop/building-blocks/audit/audit"
import { deadLetterRoutes } from "@eshop/building-blocks/messaging/dead-letters"
import { erasedCustomerRoutes } from "@eshop/building-blocks/personal-data/erased-customers"
import { keyRotationRoutes } from "@eshop/building-blocks/personal-data/rewrap-keys"
import { logLevelRoutes } from "@eshop/building-blocks/telemetry/log-level"
import { ProductChanged, TaxRatesChanged } from "@eshop/domain/contracts/catalog-events"
import { CustomerErased, OrderCancelled } from "@eshop/domain/contracts/ordering-events"
import { addItem } from "./cart/add-item.ts"
import { expireCarts } from "./cart/expire-carts.ts"
import { getCart } from "./cart/get-cart.ts"
import { mergeCarts } from "./cart/merge-carts.ts"
import { putCoupon } from "./cart/put-coupon.ts"
import { putDelivery } from "./cart/put-delivery.ts"
import { putItem } from "./cart/put-item.ts"
import { removeCoupon } from "./cart/remove-coupon.ts"
import { removeItem } from "./cart/remove-item.ts"
import { checkOut } from "./checkout/check-out.ts"
import { getCheckout } from "./checkout/get-checkout.ts"
import { orderAgain } from "./checkout/order-again.ts"
import { returnLines } from "./checkout/return-lines.ts"
import { releaseHold } from "./holds/release-hold.ts"
import { takeHold } from "./holds/take-hold.ts"
import { eraseCustomer } from "./privacy/erase-customer.ts"
import { forgetOld } from "./privacy/forget-old.ts"
import { getCustomerData } from "./privacy/get-customer-data.ts"
import { keepProduct } from "./products/keep-product.ts"
import { getProofKeys } from "./proofs/get-proof-keys.ts"
import { deleteShippingMethod } from "./shipping/delete-shipping-method.ts"
import { getShippingMethod } from "./shipping/get-shipping-method.ts"
import { listShippingMethods } from "./shipping/list-shipping-methods.ts"
import { putShippingMethod } from "./shipping/put-shipping-method.ts"
import { keepTaxRates } from "./taxes/keep-tax-rates.ts"

const cart = { access: "shopper", etag: "revision" } as const
const merchant = { access: { role: "basket.write" } } as const

/** Basket: shoppers' carts, what they cost and how they are shipped, and the checkouts that they end in. */
export const basket = app("basket", [
  get("cart", getCart, cart),
  post("cart/items", addItem, { ...cart, idempotent: true }),
  put("cart/items/{sku}", putItem, cart),
  del("cart/items/{sku}", removeItem, cart),
  put("cart/coupon", putCoupon, cart),
  del("cart/coupon", removeCoupon, cart),
  put("cart/delivery", putDelivery, cart),
  post("cart/hold", takeHold, { ...cart, access: "customer" }),
  del("cart/hold", releaseHold, { ...cart, access: "customer" }),
  post("cart/merge", mergeCarts, { ...cart, access: "signed-in", endsGuest: true }),
  post("cart/order-again", orderAgain, { ...cart, access: "customer", idempotent: true }),
  post("checkout", checkOut, {
    access: "customer",
    idempotent: true,
    status: 202,
    location: ({ links }) => links.order,
    orderToken: ({ orderId }) => orderId,
  }),
  get("checkouts/{checkoutId}", getCheckout, { access: { role: "basket.checkouts" } }),
  get("price-proof-keys", getProofKeys, { access: "anyone" }),
  get("shipping-methods", listShippingMethods, { access: "anyone" }),
  get("shipping-methods/{id}", getShippingMethod, { access: "anyone", etag: "version" }),
  put("shipping-methods/{id}", putShippingMethod, { ...merchant, etag: "version" }),
  del("shipping-methods/{id}", deleteShippingMethod, merchant),
  ...auditRoutes("basket.write"),
  get("operations/customers/{customerId}/data", getCustomerData, { access: { role: "privacy.read" } }),
  ...erasedCustomerRoutes,
  ...keyRotationRoutes,
  ...deadLetterRoutes,
  ...healthRoutes,
  ...logLevelRoutes,
  on(ProductChanged, keepProduct),
  on(TaxRatesChanged, keepTaxRates),
  on(OrderCancelled, returnLines),
  on(CustomerErased, eraseCustomer),
  every("0 41 * * * *", expireCarts),
  every("0 33 3 * * *", forgetOld),
])
