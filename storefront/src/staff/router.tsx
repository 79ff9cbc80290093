import { createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router"
import { goodsRoutes } from "./back-office/goods/routes.tsx"
import { salesRoutes } from "./back-office/sales/routes.tsx"
import { consoleRoutes } from "./console/routes.tsx"
import { root } from "./root.tsx"

const home = createRoute({
  getParentRoute: () => root,
  path: "/back-office",
  component: lazyRouteComponent(() => import("./home-page.tsx"), "HomePage"),
})

const signedOut = createRoute({
  getParentRoute: () => root,
  path: "/back-office/signed-out",
  component: lazyRouteComponent(() => import("./home-page.tsx"), "HomePage"),
})

export const router = createRouter({
  routeTree: root.addChildren([home, signedOut, ...goodsRoutes, ...salesRoutes, ...consoleRoutes]),
  scrollRestoration: true,
  defaultPreload: "intent",
})

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router
  }
}
