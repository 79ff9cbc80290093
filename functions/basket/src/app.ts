import { app, del, get, on, post, put } from "@eshop/building-blocks/app/app"
import { deadLetterRoutes } from "@eshop/building-blocks/messaging/dead-letters"
import { ProductChanged } from "@eshop/domain/contracts/catalog-events"
import { getCart } from "./cart/get-cart.ts"
import { putItem } from "./cart/put-item.ts"
import { removeItem } from "./cart/remove-item.ts"
import { checkOut } from "./checkout/check-out.ts"
import { getCheckout } from "./checkout/get-checkout.ts"
import { keepProduct } from "./products/keep-product.ts"

const cart = { access: "customer", etag: "version" } as const

/** Basket: customers' carts, and the checkouts that they end in. */
export const basket = app("basket", [
  get("cart", getCart, cart),
  put("cart/items/{sku}", putItem, cart),
  del("cart/items/{sku}", removeItem, cart),
  post("checkout", checkOut, {
    access: "customer",
    idempotent: true,
    status: 202,
    location: ({ links }) => links.order,
  }),
  get("checkouts/{checkoutId}", getCheckout, { access: { role: "basket.checkouts" } }),
  ...deadLetterRoutes,
  on(ProductChanged, keepProduct),
])
