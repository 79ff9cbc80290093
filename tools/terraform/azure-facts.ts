/**
 * What Azure demands, as learn.microsoft.com and the provider's documentation said on 2026-11-25. Modules have the same
 * facts where they act on them; this table is the second witness that a plan is held against (facts-policy.ts,
 * reachability.ts). Look the page up again before you change a line.
 */

/** Ports that a private endpoint serves, by subresource ("Private endpoint" pages of the services). */
export const endpointPorts: Record<string, readonly number[]> = {
  blob: [443],
  queue: [443],
  table: [443],
  vault: [443],
  postgresqlServer: [5432],
  sqlServer: [1433],
  Sql: [443],
  redisEnterprise: [10_000],
  // AMQP over TLS, and HTTPS for the entities' counters that KEDA and the scale controller read.
  namespace: [443, 5671],
  registry: [443],
  sites: [443],
}
