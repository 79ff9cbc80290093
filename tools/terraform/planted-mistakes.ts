import { type Mistake, storefrontMistakes } from "./planted-storefront-mistakes.ts"
import type { Deployment } from "./steps.ts"

export const prod: Deployment = { environment: "prod", hosting: "flex", orderingStores: "postgres" }
const prodOnAks: Deployment = { ...prod, hosting: "aks" }

const telemetryTables = [
  "AppAvailabilityResults",
  "AppBrowserTimings",
  "AppDependencies",
  "AppEvents",
  "AppExceptions",
  "AppMetrics",
  "AppPageViews",
  "AppPerformanceCounters",
  "AppRequests",
  "AppSystemEvents",
  "AppTraces",
  "AzureDiagnostics",
  "AzureMetrics",
  "ContainerLogV2",
  "KubeEvents",
]

/** Mistakes that a policy has to find, by the deployment whose plan shows them. */
export const plantedMistakes: { deployment: Deployment; mistakes: Mistake[] }[] = [
  {
    deployment: prod,
    mistakes: [
      {
        name: "an open network security group",
        path: "modules/network/locals.tf",
        right: "source = concat([local.prefixes.gateway]",
        wrong: 'source = concat(["Internet", local.prefixes.gateway]',
        found: [
          'network rules: module.network.azurerm_network_security_rule.allow["endpoints-gateways"]: lets everybody in to port 443 of nsg-vnet-eshop-prod-endpoints; only port 443 of the gateway may',
          'reachability: module.network.azurerm_network_security_rule.allow["endpoints-gateways"]: Internet may reach port 443 without need',
        ],
      },
      {
        name: "another port than PostgreSQL's",
        path: "modules/network/locals.tf",
        right: 'postgresqlServer = ["5432"]',
        wrong: 'postgresqlServer = ["5433"]',
        found: [
          "reachability: subnet endpoints: subnet functions must reach Tcp port 5432 here but is refused",
          'reachability: module.network.azurerm_network_security_rule.allow["endpoints-workloads"]: 10.30.2.0/24 may reach port 5433 without need',
        ],
      },
      {
        name: "a provider that waits for storage which it cannot reach",
        path: "terraform.tf",
        right: "data_plane_available = false",
        wrong: "data_plane_available = true",
        found: [
          "azure facts: provider.azurerm: features.storage.data_plane_available is not false: creating a closed account hangs",
        ],
      },
      {
        name: "a resource provider that is not registered",
        path: "terraform.tf",
        right: '    "Microsoft.App",\n',
        wrong: "",
        found: ["azure facts: provider.azurerm: Microsoft.App is used but not registered"],
      },
      {
        name: "operators before a closed door",
        path: "main.tf",
        right: /operator_ranges( +)= var.network.operator_ranges/,
        wrong: "operator_ranges$1= []",
        found: [443, 5432].map(
          (port) =>
            `reachability: subnet endpoints: operators in 10.31.0.0/24 must reach Tcp port ${port} here but is refused`,
        ),
      },
      {
        name: "a misspelled role",
        path: "main.access.tf",
        right: 'role      = "Monitoring Metrics Publisher"',
        wrong: 'role      = "Monitoring Metric Publisher"',
        found: ["basket", "catalog", "discount", "ordering"].map(
          (app) =>
            `azure facts: module.identity.azurerm_role_assignment.this["${app}-telemetry"]: Monitoring Metric Publisher is not a built-in role that azure-facts.ts knows`,
        ),
      },
      {
        name: "a state that agents cannot reach",
        path: "main.tf",
        right: "resource_id = var.state_storage_account_id",
        wrong:
          'resource_id = "/subscriptions/x/resourceGroups/y/providers/Microsoft.Storage/storageAccounts/z"',
        found: [
          'azure facts: module.network.azurerm_subnet.this["agents"]: has no private endpoint to the state: storage has no rule for its own region',
        ],
      },
      {
        name: "a zone that no network is linked to",
        path: "modules/network/main.private_endpoints.tf",
        right: "for_each = local.used_zones\n\n  name                  = var.name",
        wrong: 'for_each = setsubtract(local.used_zones, ["vault"])\n\n  name                  = var.name',
        found: [
          'azure facts: module.network.azurerm_private_dns_zone.this["vault"]: privatelink.vaultcore.azure.net is not linked to the environment\'s network',
        ],
      },
      {
        name: "another zone for the apps",
        path: "modules/network/locals.tf",
        right: "privatelink.azurewebsites.net",
        wrong: "privatelink.azurewebsite.net",
        found: ["basket", "catalog", "discount", "ordering"].map(
          (app) =>
            `azure facts: module.network.azurerm_private_endpoint.this["site-${app}"]: sites needs the zone privatelink.azurewebsites.net, which is not planned`,
        ),
      },
      {
        name: "a subnet for Flex Consumption that is delegated as for other plans",
        path: "modules/network/locals.tf",
        right: '"Microsoft.App/environments"',
        wrong: '"Microsoft.Web/serverFarms"',
        found: [
          'azure facts: module.network.azurerm_subnet.this["functions"]: is delegated to Microsoft.Web/serverFarms, must be to Microsoft.App/environments',
        ],
      },
      {
        name: "a Node without support",
        path: "env/prod.tfvars",
        right: "instance_memory_mb ",
        wrong: 'runtime_version = "22"\n  instance_memory_mb ',
        found: ["basket", "catalog", "discount", "ordering"].map(
          (app) =>
            `azure facts: module.function_app["${app}"].azurerm_function_app_flex_consumption.this: Node 22: end of support 2027-04-30, as of 2026-11-25 too early`,
        ),
      },
      {
        name: "a log alert that looks back as far as none may",
        path: "../observability/azure-alerts.json",
        right: '"window": "P2D"',
        wrong: '"window": "P3D"',
        found: [
          'allowed values: module.monitoring.azurerm_monitor_scheduled_query_rules_alert_v2.this["front-door-errors-ticket"]: window_duration is "P3D", allowed: "PT5M", "PT10M", "PT15M", "PT30M", "PT6H", "P2D"',
        ],
      },
      {
        name: "a size that is not in the table",
        path: "env/prod.tfvars",
        right: "GP_Standard_D4ds_v5",
        wrong: "GP_Standard_D96ds_v5",
        found: [
          'allowed values: module.postgres.azurerm_postgresql_flexible_server.this: sku_name is "GP_Standard_D96ds_v5", allowed: "B_Standard_B1ms", "GP_Standard_D2ds_v5", "GP_Standard_D4ds_v5", "GP_Standard_D8ds_v5"',
        ],
      },
      {
        name: "a public data plane in prod, behind the variables' back",
        path: "modules/postgres/main.tf",
        right: "public_network_access_enabled = var.public_access.enabled",
        wrong: "public_network_access_enabled = true",
        found: [
          "no public data plane: module.postgres.azurerm_postgresql_flexible_server.this: public_network_access_enabled is true, allowed: false",
        ],
      },
      {
        name: "an old TLS version",
        path: "modules/service-bus/main.tf",
        right: '= "1.2"',
        wrong: '= "1.0"',
        found: [
          'tls: module.service_bus.azurerm_servicebus_namespace.this: minimum_tls_version is "1.0", allowed: "1.2"',
        ],
      },
      {
        name: "a firewall that only watches in prod",
        path: "modules/gateway/main.application_gateway.tf",
        right: "var.waf_mode",
        wrong: '"Detection"',
        found: [
          'web application firewall: module.gateway.azurerm_web_application_firewall_policy.this: policy_settings.mode is "Detection", allowed: "Prevention"',
        ],
      },
      {
        name: "a store in one zone",
        path: "env/prod.tfvars",
        right: /^ {2}high_availability = \{ zone.*\n/m,
        wrong: "",
        found: [
          'zone redundancy: module.postgres.azurerm_postgresql_flexible_server.this: high_availability.mode is undefined, allowed: "ZoneRedundant"',
        ],
      },
      {
        name: "a secret in clear",
        path: "locals.settings.tf",
        right: "PAYMENT_URL = var.payment_url,",
        wrong: 'PAYMENT_URL = var.payment_url, PAYMENT_TOKEN = "sk_live_4711",',
        found: [
          'secrets: module.function_app["ordering"].azurerm_function_app_flex_consumption.this: app_settings.PAYMENT_TOKEN holds what looks like a secret',
        ],
      },
      {
        name: "shared keys",
        path: "modules/service-bus/main.tf",
        right: /local_auth_enabled( +)= false/,
        wrong: "local_auth_enabled$1= true",
        found: [
          "identity only: module.service_bus.azurerm_servicebus_namespace.this: local_auth_enabled is true, allowed: false",
        ],
      },
      {
        name: "tags that are missing",
        path: "modules/redis/main.tf",
        right: /tags( +)= var.tags/,
        wrong: 'tags$1= { owner = "me" }',
        found: ["application", "environment", "cost-center", "managed-by"].map(
          (tag) => `tags: module.redis[0].azurerm_managed_redis.this: has no tag ${tag}`,
        ),
      },
      {
        name: "a property of the emulator's file that would be lost on the way",
        path: "../service-bus/entities.json",
        right: '"MaxDeliveryCount": 60,',
        wrong: '"MaxDeliveryCount": 60, "AutoDeleteOnIdle": "PT5M",',
        found: [
          "service bus entities: basket-events/ordering: property AutoDeleteOnIdle is not carried over to Azure",
        ],
      },
      {
        name: "a misspelled element in a policy of API Management",
        path: "modules/gateway/policies/api.xml.tftpl",
        right: "<set-backend-service ",
        wrong: "<set-backend-servcie ",
        found: ["basket", "catalog", "discount", "ordering"].map(
          (service) =>
            `api policies: module.gateway.azurerm_api_management_api_policy.this["${service}"]: <set-backend-servcie> is not a known element`,
        ),
      },
      {
        name: "an element in the wrong place of a policy",
        path: "modules/gateway/policies/global.xml.tftpl",
        right: /( *<allowed-headers>[\s\S]*?<\/allowed-headers>\n)([\s\S]*?<\/expose-headers>\n)/,
        wrong: "$2$1",
        found: [
          "api policies: module.gateway.azurerm_api_management_policy.this: <allowed-headers> comes too late in <cors>: Azure demands an order",
        ],
      },
      {
        name: "a fragment that is not there",
        path: "modules/gateway/policies/api.xml.tftpl",
        right: "<set-header name=",
        wrong: '<include-fragment fragment-id="prefix" /><set-header name=',
        found: ["basket", "catalog", "discount", "ordering"].map(
          (service) =>
            `api policies: module.gateway.azurerm_api_management_api_policy.this["${service}"]: the fragment prefix is not planned`,
        ),
      },
      {
        name: "a route that lost its token",
        path: "../gateway/api-management.json",
        right: /("id": "discount-list-coupons",[\s\S]*?"admission": )"token"/,
        wrong: '$1"open"',
        found: ["routes: discount GET /coupons: is open to anybody, the route table says to nobody"],
      },
      {
        name: "a route that lost its role",
        path: "../gateway/api-management.json",
        right: /("id": "discount-create-coupon",[\s\S]*?"role": )"discount.write"/,
        wrong: "$1null",
        found: [
          "routes: discount POST /coupons: asks for the role undefined, the route table says discount.write",
        ],
      },
      {
        name: "a route that API Management does not have, under another path",
        path: "../gateway/api-management.json",
        right: '"urlTemplate": "/stock-locations/{id}"',
        wrong: '"urlTemplate": "/stock-location/{id}"',
        found: [
          "routes: catalog PUT /stock-locations/{id}: is in the route table but not in API Management",
          "routes: catalog PUT /stock-location/{id}: is in API Management but not in the route table",
        ],
      },
      ...storefrontMistakes,
      {
        name: "a path rule that leads elsewhere",
        path: "../gateway/application-gateway.json",
        right: '"/discount/*"',
        wrong: '"/discounts/*"',
        found: ["routes: discount: the Application Gateway leads /discount/quotes elsewhere"],
      },
    ],
  },
  {
    deployment: prodOnAks,
    mistakes: [
      {
        name: "a Kubernetes without support",
        path: "env/prod.tfvars",
        right: 'version        = "1.36"',
        wrong: 'version        = "1.34"',
        found: [
          "azure facts: module.aks[0].azurerm_kubernetes_cluster.this: Kubernetes 1.34: end of support 2026-11-30, as of 2026-11-25 too early",
        ],
      },
      {
        name: "a Flux extension that stays as old as it is",
        path: "modules/aks/main.flux.tf",
        right: 'extension_type = "microsoft.flux"',
        wrong: 'extension_type = "microsoft.flux"\n  version        = "1.22.2"',
        found: [
          "azure facts: module.aks[0].azurerm_kubernetes_cluster_extension.flux: is pinned to 1.22.2: an upgrade would replace it, and what it made",
        ],
      },
      {
        name: "a strict limit that counts by everybody's key",
        path: "modules/gateway/policies/operation.xml.tftpl",
        right: /&quot;\$\{route\}:subject:/,
        wrong: "&quot;subject:",
        found: [
          "basket/basket-check-out",
          "basket/basket-put-coupon",
          "basket/basket-take-hold",
          "ordering/ordering-look-up-order",
          "ordering/ordering-send-contact-message",
        ].map(
          (route) =>
            `api policies: module.gateway.azurerm_api_management_api_operation_policy.this["${route}"]: its limit of 30 in 60 s counts with another limit's key`,
        ),
      },
      {
        name: "nodes in one zone",
        path: "modules/aks/main.tf",
        right: /(mode += "User"[\s\S]*?)zones( +)= var.zones/,
        wrong: '$1zones$2= ["1"]',
        found: [
          'zone redundancy: module.aks[0].azurerm_kubernetes_cluster_node_pool.this["apps"]: zones is ["1"], prod needs two or more',
        ],
      },
      {
        name: "pods that the nodes' subnet keeps from each other",
        path: "modules/network/locals.tf",
        right: "source = compact([local.prefixes.aks, var.pod_range])",
        wrong: "source = [local.prefixes.aks]",
        found: ["Tcp", "Udp"].map(
          (protocol) =>
            `reachability: subnet aks: the pods must reach ${protocol} any port here but is refused`,
        ),
      },
      {
        name: "a subnet for Flex Consumption that is not delegated",
        path: "modules/network/locals.tf",
        right: /^ {4}functions = "Microsoft.App\/environments"\n/m,
        wrong: "",
        found: [
          'azure facts: module.network.azurerm_subnet.this["functions"]: is delegated to nobody, must be to Microsoft.App/environments',
        ],
      },
      {
        name: "a backlog that KEDA may not read",
        path: "main.access.tf",
        right: 'local.aks ? "Owner" : "Receiver"',
        wrong: 'local.aks ? "Receiver" : "Receiver"',
        found: [
          "basket-events/ordering",
          "catalog-events/basket",
          "catalog-events/ordering",
          "ordering-events/basket",
          "ordering-events/catalog",
          "ordering-events/discount",
          "ordering-events/ordering",
        ].map(
          (key) =>
            `azure facts: module.service_bus.azurerm_servicebus_subscription.this["${key}"]: ${key.split("/")[1]} does not have the role Azure Service Bus Data Owner on it, which scaling needs`,
        ),
      },
      {
        name: "container logs that nobody collects",
        path: "modules/aks/main.logs.tf",
        right: 'name                    = "ContainerInsightsExtension"',
        wrong: 'name                    = "ContainerInsight"',
        found: [
          "azure facts: module.aks[0].azurerm_kubernetes_cluster.this: has no data collection rule: no container's log is collected",
        ],
      },
      {
        name: "a grant that the access table does not tell",
        path: "modules/aks/outputs.tf",
        right: "value       = local.access",
        wrong: "value       = []",
        found: ["access: output.access: 44 grants, but 43 rows in the access table"],
      },
      {
        name: "another retention",
        path: "modules/monitoring/main.tf",
        right: /total_retention_in_days = .*/,
        wrong: "total_retention_in_days = 7",
        found: telemetryTables.map(
          (table) =>
            `retention: module.monitoring.azurerm_log_analytics_workspace_table.this["${table}"]: total_retention_in_days is 7, allowed: 90`,
        ),
      },
    ],
  },
]
