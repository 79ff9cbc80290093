import type { MetricRule } from "./alerts/alert.ts"

type AzureMetric = {
  readonly aggregations: readonly MetricRule["aggregation"][]
  readonly dimensions: readonly string[]
}
type Resource = { readonly namespace: string; readonly metrics: Readonly<Record<string, AzureMetric>> }

const gauge = ["Average", "Maximum", "Minimum"] as const

/**
 * The metrics that alerts may watch, by scope of infra/terraform/main.monitoring.tf: "Supported metrics" of each resource
 * type in Azure Monitor's reference (Application Gateway 2026-07, the others 2024-11 to 2026-05), reduced to what is used.
 */
export const azureMetrics: Readonly<Record<string, Resource>> = {
  "application-gateway": {
    namespace: "Microsoft.Network/applicationGateways",
    metrics: {
      UnhealthyHostCount: { aggregations: ["Average"], dimensions: ["BackendSettingsPool"] },
      ResponseStatus: { aggregations: ["Total"], dimensions: ["HttpStatusGroup"] },
    },
  },
  "service-bus": {
    namespace: "Microsoft.ServiceBus/namespaces",
    metrics: {
      ActiveMessages: { aggregations: gauge, dimensions: ["EntityName"] },
      DeadletteredMessages: { aggregations: gauge, dimensions: ["EntityName"] },
      ThrottledRequests: { aggregations: ["Total"], dimensions: ["EntityName"] },
    },
  },
  postgres: {
    namespace: "Microsoft.DBforPostgreSQL/flexibleServers",
    metrics: {
      is_db_alive: { aggregations: gauge, dimensions: ["ServerName"] },
      storage_percent: { aggregations: gauge, dimensions: ["ServerName"] },
      cpu_percent: { aggregations: gauge, dimensions: ["ServerName"] },
    },
  },
  sql: {
    namespace: "Microsoft.Sql/servers/databases",
    metrics: {
      storage_percent: { aggregations: ["Average", "Maximum", "Minimum"], dimensions: [] },
      cpu_percent: { aggregations: ["Average", "Maximum", "Minimum"], dimensions: [] },
    },
  },
  redis: {
    namespace: "Microsoft.Cache/redisEnterprise",
    metrics: { usedmemorypercentage: { aggregations: ["Maximum"], dimensions: [] } },
  },
  cosmos: {
    namespace: "Microsoft.DocumentDB/databaseAccounts",
    metrics: { TotalRequests: { aggregations: ["Count"], dimensions: ["StatusCode"] } },
  },
}

/** What Azure would refuse of a metric rule: a metric, aggregation or dimension that the resource does not have. */
export function metricRuleProblems({ scope, metric, aggregation, dimensions = {} }: MetricRule): string[] {
  const known = azureMetrics[scope]?.metrics[metric]
  if (!known) return [`${scope} has no metric ${metric}`]
  return [
    ...(known.aggregations.includes(aggregation) ? [] : [`${metric} has no ${aggregation}`]),
    ...Object.keys(dimensions)
      .filter((name) => !known.dimensions.includes(name))
      .map((name) => `${metric} has no dimension ${name}`),
  ]
}
