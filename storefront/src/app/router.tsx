import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from "@tanstack/react-router"
import { HomePage } from "../catalog/home-page.tsx"
import { listSearch } from "../catalog/list-search.ts"
import { FailedPage, MissingPage } from "./failures.tsx"
import { Shell } from "./shell.tsx"

const root = createRootRoute({ component: Shell, notFoundComponent: MissingPage, errorComponent: FailedPage })

const home = createRoute({ getParentRoute: () => root, path: "/", component: HomePage })

const list = createRoute({
  getParentRoute: () => root,
  path: "/products",
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import("../catalog/list-page.tsx"), "ListPage"),
})

const product = createRoute({
  getParentRoute: () => root,
  path: "/products/$slug",
  validateSearch: (search: Record<string, unknown>): { sku?: string } =>
    typeof search.sku === "string" ? { sku: search.sku } : {},
  component: lazyRouteComponent(() => import("../catalog/product-page.tsx"), "ProductPage"),
})

const category = createRoute({
  getParentRoute: () => root,
  path: "/categories/$slug",
  component: lazyRouteComponent(() => import("../catalog/category-page.tsx"), "CategoryPage"),
})

const cart = createRoute({
  getParentRoute: () => root,
  path: "/cart",
  component: lazyRouteComponent(() => import("../cart/cart-page.tsx"), "CartPage"),
})

const checkout = createRoute({
  getParentRoute: () => root,
  path: "/checkout",
  component: lazyRouteComponent(() => import("../checkout/checkout-page.tsx"), "CheckoutPage"),
})

const orders = createRoute({
  getParentRoute: () => root,
  path: "/orders",
  validateSearch: (search: Record<string, unknown>): { cursor?: string } =>
    typeof search.cursor === "string" ? { cursor: search.cursor } : {},
  component: lazyRouteComponent(() => import("../orders/orders-page.tsx"), "OrdersPage"),
})

const order = createRoute({
  getParentRoute: () => root,
  path: "/orders/$id",
  component: lazyRouteComponent(() => import("../orders/order-page.tsx"), "OrderPage"),
})

const withdrawal = createRoute({
  getParentRoute: () => root,
  path: "/orders/$id/withdrawal",
  component: lazyRouteComponent(() => import("../orders/withdrawal-page.tsx"), "WithdrawalPage"),
})

const goodsBack = createRoute({
  getParentRoute: () => root,
  path: "/orders/$id/return",
  component: lazyRouteComponent(() => import("../orders/return-page.tsx"), "ReturnPage"),
})

const findOrder = createRoute({
  getParentRoute: () => root,
  path: "/find-order",
  component: lazyRouteComponent(() => import("../orders/find-order-page.tsx"), "FindOrderPage"),
})

const withdraw = createRoute({
  getParentRoute: () => root,
  path: "/withdraw",
  component: lazyRouteComponent(() => import("../orders/withdraw-page.tsx"), "WithdrawPage"),
})

const account = createRoute({
  getParentRoute: () => root,
  path: "/account",
  component: lazyRouteComponent(() => import("../account/account-page.tsx"), "AccountPage"),
})

const signedOut = createRoute({
  getParentRoute: () => root,
  path: "/signed-out",
  component: lazyRouteComponent(() => import("../account/signed-out-page.tsx"), "SignedOutPage"),
})

const contact = createRoute({
  getParentRoute: () => root,
  path: "/contact",
  component: lazyRouteComponent(() => import("../pages/contact-page.tsx"), "ContactPage"),
})

const legal = createRoute({
  getParentRoute: () => root,
  path: "/legal",
  component: lazyRouteComponent(() => import("../pages/legal-page.tsx"), "LegalPage"),
})

const routeTree = root.addChildren([
  ...[home, list, product, category, cart, checkout, orders, order, withdrawal, goodsBack],
  ...[findOrder, withdraw, account, signedOut, contact, legal],
])

/** The pages by their addresses. @param options.basepath what stands before each, such as a language */
export const shopRouter = (
  options: { basepath?: string; history?: RouterHistory; scrollRestoration?: boolean } = {},
) => createRouter({ routeTree, scrollRestoration: true, defaultPreload: "intent", ...options })

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof shopRouter>
  }
}
