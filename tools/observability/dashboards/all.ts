import { appsDashboard } from "./apps.ts"
import { messaging } from "./messaging.ts"
import { objectivesDashboard } from "./objectives.ts"
import type { DashboardSpec } from "./panels.ts"
import { runtime } from "./runtime.ts"
import { sagas } from "./sagas.ts"
import { shop } from "./shop.ts"

export const dashboards: readonly DashboardSpec[] = [
  shop,
  objectivesDashboard,
  appsDashboard,
  messaging,
  sagas,
  runtime,
]
