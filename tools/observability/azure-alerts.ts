import { type Alert, runbookOf } from "./alerts/alert.ts"
import { alertKey, alerts, inAzureOnAks } from "./alerts/table.ts"
import { azureMetrics } from "./azure-metrics.ts"

const common = (alert: Alert) => ({
  description: `${alert.summary} Runbook: ${runbookOf(alert.name)}`,
  severity: alert.severity,
  /** Watched on AKS too, where Prometheus watches the rest. */
  on_aks: inAzureOnAks(alert),
})

/** What infra/terraform makes alert rules of: `log` by KQL, `metric` by thresholds on what Azure counts. */
export function azureAlerts(): object {
  const entries = alerts.map((alert) => [alertKey(alert), alert] as const)
  return {
    log: Object.fromEntries(
      entries.flatMap(([key, alert]) => {
        if (alert.azure.kind !== "log") return []
        const { query, window, frequency } = alert.azure
        return [[key, { ...common(alert), query, window, frequency }]]
      }),
    ),
    metric: Object.fromEntries(
      entries.flatMap(([key, alert]) => {
        if (alert.azure.kind !== "metric") return []
        const { kind: _, ...rule } = alert.azure
        return [
          [
            key,
            { ...common(alert), dimensions: {}, ...rule, namespace: azureMetrics[rule.scope]?.namespace },
          ],
        ]
      }),
    ),
  }
}
