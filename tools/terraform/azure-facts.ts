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
  role_definition: [],
  service_plan: ["Microsoft.Web"],
  servicebus: ["Microsoft.ServiceBus"],
  storage: ["Microsoft.Storage"],
  subnet: ["Microsoft.Network"],
  user_assigned_identity: ["Microsoft.ManagedIdentity"],
  virtual_network: ["Microsoft.Network"],
  web_application_firewall_policy: ["Microsoft.Network"],
}

/** Zone that a private endpoint registers in, by subresource ("Private endpoint DNS zone values"). */
export const privateZones: Record<string, string> = {
  blob: "privatelink.blob.core.windows.net",
  queue: "privatelink.queue.core.windows.net",
  table: "privatelink.table.core.windows.net",
  vault: "privatelink.vaultcore.azure.net",
  postgresqlServer: "privatelink.postgres.database.azure.com",
  sqlServer: "privatelink.database.windows.net",
  Sql: "privatelink.documents.azure.com",
  redisEnterprise: "privatelink.redis.azure.net",
  namespace: "privatelink.servicebus.windows.net",
  registry: "privatelink.azurecr.io",
  sites: "privatelink.azurewebsites.net",
}

/**
 * Service that each subnet is delegated to: Flex Consumption demands Microsoft.App/environments (not Microsoft.Web, as
 * other plans do); AKS, API Management's classic tiers, the Application Gateway and private endpoints refuse any.
 */
export const delegations: Record<string, readonly string[]> = {
  gateway: [],
  apim: [],
  functions: ["Microsoft.App/environments"],
  endpoints: [],
  aks: [],
}

/** Built-in roles by their exact names ("Azure built-in roles"): Azure looks them up only when it applies. */
export const builtInRoles = new Set([
  "AcrPull",
  "Azure Kubernetes Service RBAC Cluster Admin",
  "Azure Service Bus Data Owner",
  "Azure Service Bus Data Receiver",
  "Azure Service Bus Data Sender",
  "Contributor",
  "Key Vault Certificates Officer",
  "Key Vault Secrets Officer",
  "Key Vault Secrets User",
  "Monitoring Metrics Publisher",
  "Network Contributor",
  "Role Based Access Control Administrator",
  "Storage Blob Data Contributor",
  "Storage Blob Data Owner",
  "Storage Queue Data Contributor",
  "Storage Table Data Contributor",
])

/** Rights that a resource needs and Contributor lacks (its NotActions), by type. */
export const beyondContributor: Record<string, string> = {
  azurerm_management_lock: "Microsoft.Authorization/locks/write",
  azurerm_role_assignment: "Microsoft.Authorization/roleAssignments/write",
  azurerm_role_definition: "Microsoft.Authorization/roleDefinitions/write",
}

/** What the built-in roles that the pipeline may have add to Contributor. */
export const grantedBy: Record<string, readonly string[]> = {
  "Role Based Access Control Administrator": ["Microsoft.Authorization/roleAssignments/write"],
}

/** Role on a topic's subscription that reading its counters takes, by who scales: KEDA goes through the management endpoint. */
export const scalingRole = {
  aks: "Azure Service Bus Data Owner",
  flex: "Azure Service Bus Data Receiver",
} as const
