/**
 * What Azure demands. Each block names the page it was held against and that page's date. Modules have the same facts
 * where they act on them; this table is the second witness that a plan is held against (facts-policy.ts, reachability.ts,
 * promotion-policy.ts). Look the page up again before you change a line.
 */

/** The day on which all of it was looked up, from which the support of versions is counted. */
export const asOf = "2026-11-25"

/**
 * Ports that a private endpoint serves, by subresource. Each service's "private endpoint" page; SQL Server with the
 * connection policy Proxy ("Connectivity architecture"), Managed Redis with the policy EnterpriseCluster. Not dated.
 */
export const endpointPorts: Record<string, readonly number[]> = {
  blob: [443],
  queue: [443],
  table: [443],
  web: [443],
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
 * Resource providers that must be registered in the subscription before a resource of the type can be made: section "API
 * Providers" of each resource's page in azurerm 4.73, and where a comment says so the service's own page (2026-08).
 * Microsoft.Authorization and Microsoft.Resources are always registered.
 */
export const resourceProviders: Record<string, readonly string[]> = {
  api_management: ["Microsoft.ApiManagement"],
  application_gateway: ["Microsoft.Network"],
  // With the workspace that it writes to.
  application_insights: ["Microsoft.AlertsManagement", "Microsoft.Insights", "Microsoft.OperationalInsights"],
  container_registry: ["Microsoft.ContainerRegistry"],
  cosmosdb: ["Microsoft.DocumentDB"],
  federated_identity_credential: ["Microsoft.ManagedIdentity"],
  // Flex Consumption runs in a subnet delegated to Microsoft.App.
  function_app_flex_consumption: ["Microsoft.Web", "Microsoft.App"],
  key_vault: ["Microsoft.KeyVault"],
  // Nodes are virtual machines; the add-ons for Azure Policy and container logs ("Create a cluster", 2026-08).
  kubernetes_cluster: [
    "Microsoft.ContainerService",
    "Microsoft.Compute",
    "Microsoft.OperationsManagement",
    "Microsoft.PolicyInsights",
  ],
  // "Deploy applications using GitOps with Flux v2", prerequisites, 2026-08.
  kubernetes_cluster_extension: ["Microsoft.KubernetesConfiguration", "Microsoft.Kubernetes"],
  kubernetes_flux_configuration: ["Microsoft.KubernetesConfiguration"],
  log_analytics: ["Microsoft.OperationalInsights"],
  managed_redis: ["Microsoft.Cache"],
  management_lock: [],
  monitor: ["Microsoft.Insights"],
  mssql: ["Microsoft.Sql"],
  nat_gateway: ["Microsoft.Network"],
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

/**
 * Zone that a private endpoint registers in, by subresource: "Azure private endpoint private DNS zone values", 2023-10;
 * Managed Redis is not on that page: "Azure Managed Redis with Azure Private Link".
 */
export const privateZones: Record<string, string> = {
  blob: "privatelink.blob.core.windows.net",
  queue: "privatelink.queue.core.windows.net",
  table: "privatelink.table.core.windows.net",
  web: "privatelink.web.core.windows.net",
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
 * other plans do; "Networking options"), Managed DevOps Pools their own ("Configure networking", 2024-11); AKS, API
 * Management's classic tiers, the Application Gateway and private endpoints refuse any.
 */
export const delegations: Record<string, readonly string[]> = {
  gateway: [],
  apim: [],
  functions: ["Microsoft.App/environments"],
  endpoints: [],
  aks: [],
  agents: ["Microsoft.DevOpsInfrastructure/pools"],
}

/** Built-in roles by their exact names, which Azure looks up only when it applies: "Azure built-in roles", 2026-04. */
export const builtInRoles = new Set([
  "AcrPull",
  "AcrPush",
  "Azure Kubernetes Service RBAC Cluster Admin",
  "Azure Kubernetes Service RBAC Reader",
  "Azure Service Bus Data Owner",
  "Azure Service Bus Data Receiver",
  "Azure Service Bus Data Sender",
  "Container Registry Data Importer and Data Reader",
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

/** What `az acr import` asks for, on the registry copied to as on the one copied from: "Import container images", 2026-06. */
export const importRole = "Container Registry Data Importer and Data Reader"

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

/**
 * Role on a topic's subscription that scaling takes, by who scales. KEDA reads the counters through the management endpoint
 * (kedacore/keda #806, #7822). Flex Consumption does without them and then adds one instance at a time ("Target-based
 * scaling", 2023-04).
 */
export const scalingRole = {
  aks: "Azure Service Bus Data Owner",
  flex: "Azure Service Bus Data Receiver",
} as const

/** Kubernetes on AKS by the last day of its support: "Supported Kubernetes versions in AKS", 2026-08. */
export const kubernetesEnds: Readonly<Record<string, string>> = {
  "1.34": "2026-11-30",
  "1.35": "2027-03-31",
  "1.36": "2027-06-30",
  "1.37": "2027-10-31",
}

/** Node on Flex Consumption by the last day of its support: "Supported languages in Azure Functions", Node's own calendar. */
export const nodeEnds: Readonly<Record<string, string>> = {
  "22": "2027-04-30",
  "24": "2028-04-30",
}

/** The first KEDA whose mssql scaler takes a workload identity: KEDA's documentation of that scaler, 2.20. */
export const leastKeda = "2.20"
