import type { Alert, MetricRule } from "./alert.ts"

const quarter = { kind: "metric", window: "PT15M", frequency: "PT5M" } as const

/** More than `threshold` over a quarter of an hour. */
const above = (
  scope: string,
  metric: string,
  aggregation: MetricRule["aggregation"],
  threshold: number,
): MetricRule => ({
  ...quarter,
  scope,
  metric,
  aggregation,
  operator: "GreaterThan",
  threshold,
})

/** What only Azure counts: watched by Azure Monitor on AKS as on Flex Consumption. */
export const resourceAlerts: readonly Alert[] = [
  {
    name: "GatewayUnhealthy",
    severity: "page",
    summary: "The Application Gateway does not reach API Management: the shop is down.",
    azure: {
      ...above("application-gateway", "UnhealthyHostCount", "Average", 0),
      window: "PT5M",
      frequency: "PT1M",
    },
  },
  {
    name: "GatewayErrors",
    severity: "page",
    summary:
      "The Application Gateway has answered with server errors, more than 100 in a quarter of an hour.",
    azure: {
      ...above("application-gateway", "ResponseStatus", "Total", 100),
      dimensions: { HttpStatusGroup: ["5xx"] },
    },
  },
  {
    name: "ServiceBusBacklog",
    severity: "ticket",
    summary: "Consumers have fallen behind the publishers for a quarter of an hour.",
    azure: { ...above("service-bus", "ActiveMessages", "Average", 5_000), dimensions: { EntityName: ["*"] } },
  },
  {
    name: "ServiceBusThrottled",
    severity: "ticket",
    summary: "Service Bus refuses requests: the namespace is too small, or something asks too often.",
    azure: above("service-bus", "ThrottledRequests", "Total", 100),
  },
  {
    name: "PostgresDown",
    severity: "page",
    summary: "PostgreSQL does not answer: Catalog and Basket answer 503.",
    azure: {
      ...above("postgres", "is_db_alive", "Maximum", 1),
      operator: "LessThan",
      window: "PT5M",
      frequency: "PT1M",
    },
  },
  {
    name: "PostgresStorage",
    severity: "page",
    summary: "PostgreSQL's disk is nearly full; a full disk stops writing.",
    azure: above("postgres", "storage_percent", "Maximum", 85),
  },
  {
    name: "PostgresCpu",
    severity: "ticket",
    summary: "PostgreSQL has been busy for a quarter of an hour.",
    azure: above("postgres", "cpu_percent", "Average", 80),
  },
  {
    name: "SqlStorage",
    severity: "page",
    summary: "An SQL database is nearly full; a full one stops writing.",
    azure: above("sql", "storage_percent", "Maximum", 85),
  },
  {
    name: "SqlCpu",
    severity: "ticket",
    summary: "An SQL database has been busy for a quarter of an hour.",
    azure: above("sql", "cpu_percent", "Average", 80),
  },
  {
    name: "RedisMemory",
    severity: "ticket",
    summary: "Redis is nearly full and will evict what is still of use.",
    azure: above("redis", "usedmemorypercentage", "Maximum", 85),
  },
  {
    name: "CosmosThrottled",
    severity: "ticket",
    summary: "Cosmos DB refuses requests for want of throughput: the customers' list of orders falls behind.",
    azure: { ...above("cosmos", "TotalRequests", "Count", 100), dimensions: { StatusCode: ["429"] } },
  },
]
