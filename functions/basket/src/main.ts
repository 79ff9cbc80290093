import { app } from "@azure/functions"
import { contextApp, IdentitySettings, MessagingSettings } from "@eshop/building-blocks/context-app"
import { serviceClient } from "@eshop/building-blocks/http/service-client"
import { ServiceSettings, serviceToken } from "@eshop/building-blocks/identity/service-token"
import { when } from "@eshop/building-blocks/messaging/event-edge"
import { readSettings } from "@eshop/building-blocks/settings"
import { ProductChanged } from "@eshop/domain/events/catalog-events"
import { z } from "zod"
import { httpCatalog } from "./adapters/http-catalog.ts"
import { httpDiscounts } from "./adapters/http-discounts.ts"
import { postgresCarts } from "./adapters/postgres-carts.ts"
import { postgresCheckouts } from "./adapters/postgres-checkouts.ts"
import { postgresProductCopies } from "./adapters/postgres-product-copies.ts"
import { redisCartCache } from "./adapters/redis-cart-cache.ts"
import type { CartView } from "./cart/cart-view.ts"
import { getCart } from "./cart/get-cart.ts"
import { putItem } from "./cart/put-item.ts"
import { removeItem } from "./cart/remove-item.ts"
import { checkOut } from "./checkout/check-out.ts"
import { keepProduct } from "./products/keep-product.ts"

const settings = readSettings(
  z.object({
    ...IdentitySettings.shape,
    ...ServiceSettings.shape,
    ...MessagingSettings.shape,
    BASKET_DB: z.url(),
    REDIS_URL: z.url().optional(),
    CATALOG_URL: z.url(),
    DISCOUNT_URL: z.url(),
  }),
)
const { pool, outbox, http, events } = contextApp(settings.BASKET_DB, settings)
const cache = settings.REDIS_URL ? redisCartCache(settings.REDIS_URL, console.warn) : undefined
const ports = {
  carts: postgresCarts(pool),
  ...(cache && { cache }),
  checkouts: postgresCheckouts(),
  copies: postgresProductCopies(pool),
  outbox,
  // A public route of Catalog's: it needs no token, and so not the identity provider either.
  catalog: httpCatalog(serviceClient({ name: "catalog", baseUrl: settings.CATALOG_URL, timeoutMs: 2_000 })),
  discounts: httpDiscounts(
    serviceClient({
      name: "discount",
      baseUrl: settings.DISCOUNT_URL,
      token: serviceToken(settings),
      timeoutMs: 1_000,
    }),
  ),
}
if (cache) app.hook.appTerminate(() => cache.close())

const showCart = (cart: CartView) => ({ status: 200, body: cart, version: cart.version })
http.route("GET", "cart", getCart(ports), { access: "signed-in", answers: showCart })
http.route("PUT", "cart/items/{productId}", putItem(ports), { access: "signed-in", answers: showCart })
http.route("DELETE", "cart/items/{productId}", removeItem(ports), { access: "signed-in", answers: showCart })
http.route("POST", "checkout", checkOut(ports), {
  access: "signed-in",
  idempotent: true,
  answers: (submitted) => ({
    status: 202,
    body: submitted,
    headers: { location: submitted.links.order },
  }),
})

events.subscription("catalog-events", "basket", [when(ProductChanged, keepProduct(ports))])
