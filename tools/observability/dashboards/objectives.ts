import { objectives, recordedName } from "../alerts/objectives.ts"
import type { DashboardSpec } from "./panels.ts"

/** What is promised, and how much of the error budget is left. */
export const objectivesDashboard: DashboardSpec = {
  uid: "eshop-objectives",
  title: "eShop: objectives",
  description: "The service level objectives of docs/operations/slo.md.",
  rows: objectives.map((objective) => ({
    title: objective.promise,
    panels: [
      {
        title: "Kept, over two days",
        description: `The objective is ${Number((objective.target * 100).toFixed(2))} %.`,
        unit: "share",
        kind: "stat",
        queries: [{ expr: `1 - max(${recordedName(objective, "2d")})`, legend: "kept" }],
      },
      {
        title: "How fast the error budget burns",
        description:
          "1: the budget of 30 days lasts 30 days. Somebody is paged at 14.4 (one hour) and 6 (six hours).",
        unit: "count",
        queries: (["5m", "1h", "6h"] as const).map((window) => ({
          expr: `max(${recordedName(objective, window)}) / ${Number((1 - objective.target).toFixed(4))}`,
          legend: window,
        })),
      },
    ],
  })),
}
