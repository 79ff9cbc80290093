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

/**
 * Resource providers that must be registered in the subscription before a resource of the type can be made ("Resource
 * providers by Azure services"). Microsoft.Authorization and Microsoft.Resources are always registered.
 */
export const resourceProviders: Record<string, readonly string[]> = {
  api_management: ["Microsoft.ApiManagement"],
  application_gateway: ["Microsoft.Network"],
  application_insights: ["Microsoft.Insights", "Microsoft.OperationalInsights"],
  container_registry: ["Microsoft.ContainerRegistry"],
  cosmosdb: ["Microsoft.DocumentDB"],
  federated_identity_credential: ["Microsoft.ManagedIdentity"],
  // Flex Consumption runs in a subnet delegated to Microsoft.App.
  function_app_flex_consumption: ["Microsoft.Web", "Microsoft.App"],
  key_vault: ["Microsoft.KeyVault"],
  // With the add-on for Azure Policy and nodes on virtual machines.
  kubernetes_cluster: ["Microsoft.ContainerService", "Microsoft.Compute", "Microsoft.PolicyInsights"],
  kubernetes_cluster_extension: ["Microsoft.KubernetesConfiguration"],
  kubernetes_flux_configuration: ["Microsoft.KubernetesConfiguration"],
  log_analytics: ["Microsoft.OperationalInsights"],
  managed_redis: ["Microsoft.Cache"],
  management_lock: [],
  monitor: ["Microsoft.Insights"],
  mssql: ["Microsoft.Sql"],
  network: ["Microsoft.Network"],
  postgresql_flexible_server: ["Microsoft.DBforPostgreSQL"],
  private: ["Microsoft.Network"],
  public_ip: ["Microsoft.Network"],
  resource_group: [],
  role_assignment: [],
  service_plan: ["Microsoft.Web"],
  servicebus: ["Microsoft.ServiceBus"],
  storage: ["Microsoft.Storage"],
  subnet: ["Microsoft.Network"],
  user_assigned_identity: ["Microsoft.ManagedIdentity"],
  virtual_network: ["Microsoft.Network"],
  web_application_firewall_policy: ["Microsoft.Network"],
}
