import { createRoute, lazyRouteComponent } from "@tanstack/react-router"
import { root } from "../../root.tsx"
import { orderSearch } from "./orders/order-search.ts"
import { cursorSearch, deliverySearch } from "./searches.ts"

const orders = createRoute({
  getParentRoute: () => root,
  path: "/back-office/orders",
  validateSearch: orderSearch,
  component: lazyRouteComponent(() => import("./orders/orders-page.tsx"), "OrdersPage"),
})

const order = createRoute({
  getParentRoute: () => root,
  path: "/back-office/orders/$id",
  component: lazyRouteComponent(() => import("./orders/order-page.tsx"), "OrderPage"),
})

const promotions = createRoute({
  getParentRoute: () => root,
  path: "/back-office/promotions",
  validateSearch: cursorSearch,
  component: lazyRouteComponent(() => import("./discounts/promotions-page.tsx"), "PromotionsPage"),
})

const newPromotion = createRoute({
  getParentRoute: () => root,
  path: "/back-office/promotions/new",
  component: lazyRouteComponent(() => import("./discounts/promotion-page.tsx"), "NewPromotionPage"),
})

const promotion = createRoute({
  getParentRoute: () => root,
  path: "/back-office/promotions/$id",
  component: lazyRouteComponent(() => import("./discounts/promotion-page.tsx"), "PromotionPage"),
})

const coupons = createRoute({
  getParentRoute: () => root,
  path: "/back-office/coupons",
  validateSearch: cursorSearch,
  component: lazyRouteComponent(() => import("./discounts/coupons-page.tsx"), "CouponsPage"),
})

const newCoupon = createRoute({
  getParentRoute: () => root,
  path: "/back-office/coupons/new",
  component: lazyRouteComponent(() => import("./discounts/coupon-page.tsx"), "NewCouponPage"),
})

const coupon = createRoute({
  getParentRoute: () => root,
  path: "/back-office/coupons/$code",
  component: lazyRouteComponent(() => import("./discounts/coupon-page.tsx"), "CouponPage"),
})

const webhooks = createRoute({
  getParentRoute: () => root,
  path: "/back-office/webhooks",
  component: lazyRouteComponent(() => import("./webhooks/webhooks-page.tsx"), "WebhooksPage"),
})

const webhook = createRoute({
  getParentRoute: () => root,
  path: "/back-office/webhooks/$id",
  validateSearch: deliverySearch,
  component: lazyRouteComponent(() => import("./webhooks/webhook-page.tsx"), "WebhookPage"),
})

const privacy = createRoute({
  getParentRoute: () => root,
  path: "/back-office/privacy",
  component: lazyRouteComponent(() => import("./privacy/privacy-page.tsx"), "PrivacyPage"),
})

/** The pages of this area. */
export const salesRoutes = [
  ...[orders, order, promotions, newPromotion, promotion, coupons, newCoupon, coupon],
  ...[webhooks, webhook, privacy],
] as const
