import { createRoute, lazyRouteComponent } from "@tanstack/react-router"
import { root } from "../../root.tsx"
import { auditSearch } from "./audit/search.ts"
import { productsSearch } from "./products/search.ts"
import { stockSearch } from "./stock/search.ts"

const getParentRoute = () => root

/** The pages of what is sold. */
export const goodsRoutes = [
  createRoute({
    getParentRoute,
    path: "/back-office/products",
    validateSearch: productsSearch,
    component: lazyRouteComponent(() => import("./products/products-page.tsx"), "ProductsPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/back-office/products/new",
    component: lazyRouteComponent(() => import("./products/new-product-page.tsx"), "NewProductPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/back-office/products/$id",
    component: lazyRouteComponent(() => import("./products/product-page.tsx"), "ProductPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/back-office/variants/$sku/prices",
    component: lazyRouteComponent(() => import("./prices/prices-page.tsx"), "PricesPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/back-office/categories",
    component: lazyRouteComponent(() => import("./categories/categories-page.tsx"), "CategoriesPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/back-office/stock",
    validateSearch: stockSearch,
    component: lazyRouteComponent(() => import("./stock/stock-page.tsx"), "StockPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/back-office/stock/$sku",
    component: lazyRouteComponent(() => import("./stock/variant-stock-page.tsx"), "VariantStockPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/back-office/imports",
    component: lazyRouteComponent(() => import("./imports/imports-page.tsx"), "ImportsPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/back-office/imports/$id",
    component: lazyRouteComponent(() => import("./imports/import-page.tsx"), "ImportPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/back-office/taxes",
    component: lazyRouteComponent(() => import("./taxes/taxes-page.tsx"), "TaxesPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/back-office/taxes/$country",
    component: lazyRouteComponent(() => import("./taxes/country-page.tsx"), "CountryPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/back-office/shipping",
    component: lazyRouteComponent(() => import("./shipping/shipping-page.tsx"), "ShippingPage"),
  }),
  createRoute({
    getParentRoute,
    path: "/back-office/audit",
    validateSearch: auditSearch,
    component: lazyRouteComponent(() => import("./audit/audit-page.tsx"), "AuditPage"),
  }),
] as const
