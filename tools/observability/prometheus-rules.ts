import { type Alert, runbookOf } from "./alerts/alert.ts"
import { objectives, recordedName, recordings, windows } from "./alerts/objectives.ts"
import { alerts } from "./alerts/table.ts"

export type Rule =
  | { readonly record: string; readonly expr: string }
  | {
      readonly alert: string
      readonly expr: string
      readonly for: string
      readonly labels: { readonly severity: string }
      readonly annotations: {
        readonly summary: string
        readonly detail: string
        readonly runbook_url: string
      }
    }
export type RuleGroup = { readonly name: string; readonly interval: string; readonly rules: readonly Rule[] }

function alertRule({ name, severity, summary, prometheus }: Alert): Rule[] {
  if (!prometheus) return []
  return [
    {
      alert: name,
      expr: prometheus.expr,
      for: prometheus.for,
      labels: { severity },
      annotations: { summary, detail: prometheus.detail, runbook_url: runbookOf(name) },
    },
  ]
}

/** The groups of rules that Prometheus evaluates once a minute. */
export const ruleGroups: readonly RuleGroup[] = [
  {
    name: "eshop.objectives",
    interval: "1m",
    rules: [
      ...recordings.map(({ record, expr }) => ({ record, expr })),
      ...objectives.flatMap((objective) =>
        windows.map((window) => ({
          record: recordedName(objective, window),
          expr: objective.badShare(window),
        })),
      ),
    ],
  },
  { name: "eshop.alerts", interval: "1m", rules: alerts.flatMap(alertRule) },
]

/** The same as the object that the Prometheus operator reads. */
export const prometheusRule = {
  apiVersion: "monitoring.coreos.com/v1",
  kind: "PrometheusRule",
  metadata: { name: "eshop", namespace: "observability" },
  spec: { groups: ruleGroups },
}
