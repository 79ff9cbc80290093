import { createRoute, lazyRouteComponent, redirect } from "@tanstack/react-router"
import { root } from "../root.tsx"
import { faultsRoute } from "./faults/route.tsx"
import { lettersSearch } from "./messages/letters-search.ts"
import { sagasSearch } from "./sagas/sagas-search.ts"

const start = createRoute({
  getParentRoute: () => root,
  path: "/console",
  beforeLoad: () => {
    throw redirect({ to: "/console/sagas", replace: true })
  },
})

const sagas = createRoute({
  getParentRoute: () => root,
  path: "/console/sagas",
  validateSearch: sagasSearch,
  component: lazyRouteComponent(() => import("./sagas/sagas-page.tsx"), "SagasPage"),
})

const saga = createRoute({
  getParentRoute: () => root,
  path: "/console/sagas/$instanceId",
  component: lazyRouteComponent(() => import("./saga/saga-page.tsx"), "SagaPage"),
})

const messages = createRoute({
  getParentRoute: () => root,
  path: "/console/messages",
  validateSearch: lettersSearch,
  component: lazyRouteComponent(() => import("./messages/letters-page.tsx"), "LettersPage"),
})

const health = createRoute({
  getParentRoute: () => root,
  path: "/console/health",
  component: lazyRouteComponent(() => import("./health/health-page.tsx"), "HealthPage"),
})

/** The pages of this area. */
export const consoleRoutes = [start, sagas, saga, messages, health, faultsRoute] as const
