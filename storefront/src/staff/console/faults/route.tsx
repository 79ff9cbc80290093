import { createRoute, lazyRouteComponent } from "@tanstack/react-router"
import { root } from "../../root.tsx"

export const faultsRoute = createRoute({
  getParentRoute: () => root,
  path: "/console/faults",
  component: lazyRouteComponent(() => import("./faults-page.tsx"), "FaultsPage"),
})
