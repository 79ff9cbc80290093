import { allowedValues, requiredTags, retentionDays, secretSettings } from "./allowed-values.ts"
import { type Plan, type Resource, resourcesOf, valuesAt } from "./plan.ts"

/** What a policy finds: never more than one line, and it says what to change. */
export type Finding = { policy: string; address: string; message: string }

export type PolicyContext = { environment: string }

/** Attribute paths with the values that are accepted; a value that the plan does not know is not accepted. */
type Rules = Record<string, Record<string, readonly unknown[]>>

function breaches(policy: string, resources: Resource[], rules: Rules): Finding[] {
  return resources.flatMap((resource) =>
    Object.entries(rules[resource.type] ?? {}).flatMap(([path, accepted]) =>
      valuesAt(resource.values, path)
        .filter((value) => !accepted.includes(value))
        .map((value) => ({
          policy,
          address: resource.address,
          message: `${path} is ${JSON.stringify(value)}, allowed: ${accepted.map((item) => JSON.stringify(item)).join(", ")}`,
        })),
    ),
  )
}

const tlsRules: Rules = {
  azurerm_api_management: {
    "security.backend_ssl30_enabled": [false],
    "security.backend_tls10_enabled": [false],
    "security.backend_tls11_enabled": [false],
    "security.frontend_ssl30_enabled": [false],
    "security.frontend_tls10_enabled": [false],
    "security.frontend_tls11_enabled": [false],
  },
  azurerm_application_gateway: {
    "ssl_policy.policy_name": ["AppGwSslPolicy20220101", "AppGwSslPolicy20220101S"],
    "http_listener.protocol": ["Https"],
    "backend_http_settings.protocol": ["Https"],
  },
  azurerm_api_management_backend: {
    "tls.validate_certificate_chain": [true],
    "tls.validate_certificate_name": [true],
  },
  azurerm_api_management_api: { protocols: ["https"] },
  azurerm_cosmosdb_account: { minimal_tls_version: ["Tls12"] },
  azurerm_function_app_flex_consumption: {
    https_only: [true],
    "site_config.minimum_tls_version": ["1.2", "1.3"],
    "site_config.scm_minimum_tls_version": ["1.2", "1.3"],
  },
  azurerm_managed_redis: { "default_database.client_protocol": ["Encrypted"] },
  azurerm_mssql_server: { minimum_tls_version: ["1.2"] },
  azurerm_servicebus_namespace: { minimum_tls_version: ["1.2"] },
  azurerm_storage_account: { min_tls_version: ["TLS1_2", "TLS1_3"], https_traffic_only_enabled: [true] },
}

const privateRules: Rules = {
  azurerm_api_management: { virtual_network_type: ["Internal"] },
  azurerm_container_registry: { public_network_access_enabled: [false] },
  azurerm_cosmosdb_account: { public_network_access_enabled: [false] },
  azurerm_function_app_flex_consumption: { public_network_access_enabled: [false] },
  azurerm_key_vault: { public_network_access_enabled: [false] },
  azurerm_kubernetes_cluster: { private_cluster_enabled: [true] },
  azurerm_managed_redis: { public_network_access: ["Disabled"] },
  azurerm_mssql_server: { public_network_access_enabled: [false] },
  azurerm_postgresql_flexible_server: { public_network_access_enabled: [false] },
  azurerm_servicebus_namespace: { public_network_access_enabled: [false] },
  azurerm_storage_account: { public_network_access_enabled: [false] },
}

const identityOnlyRules: Rules = {
  azurerm_application_insights: { local_authentication_disabled: [true] },
  azurerm_container_registry: { admin_enabled: [false], anonymous_pull_enabled: [false] },
  azurerm_cosmosdb_account: { local_authentication_disabled: [true] },
  azurerm_function_app_flex_consumption: {
    storage_authentication_type: ["UserAssignedIdentity"],
    webdeploy_publish_basic_authentication_enabled: [false],
  },
  azurerm_key_vault: { rbac_authorization_enabled: [true] },
  azurerm_kubernetes_cluster: { local_account_disabled: [true], workload_identity_enabled: [true] },
  azurerm_mssql_server: { "azuread_administrator.azuread_authentication_only": [true] },
  azurerm_servicebus_namespace: { local_auth_enabled: [false] },
  azurerm_storage_account: {
    shared_access_key_enabled: [false],
    allow_nested_items_to_be_public: [false],
    "network_rules.default_action": ["Deny"],
  },
}

const zoneRules: Rules = {
  azurerm_container_registry: {
    zone_redundancy_enabled: [true],
    "georeplications.zone_redundancy_enabled": [true],
  },
  azurerm_cosmosdb_account: { "geo_location.zone_redundant": [true] },
  azurerm_managed_redis: { high_availability_enabled: [true] },
  azurerm_mssql_database: { zone_redundant: [true] },
  azurerm_postgresql_flexible_server: { "high_availability.mode": ["ZoneRedundant"] },
  azurerm_service_plan: { zone_balancing_enabled: [true] },
  // A Premium namespace is zone redundant by itself where the region has zones.
  azurerm_servicebus_namespace: { sku: ["Premium"] },
  azurerm_storage_account: { account_replication_type: ["ZRS", "GZRS"] },
}

/** Types that are spread by a list of zones: at least two of them. */
const zoned: Record<string, string> = {
  azurerm_api_management: "zones",
  azurerm_application_gateway: "zones",
  azurerm_kubernetes_cluster: "default_node_pool.zones",
  azurerm_kubernetes_cluster_node_pool: "zones",
  azurerm_public_ip: "zones",
}

function zones(resources: Resource[]): Finding[] {
  const lists = resources.flatMap((resource) => {
    const path = zoned[resource.type]
    if (path === undefined) return []
    const [owner, last] = path.includes(".") ? path.split(".") : [undefined, path]
    const values = owner ? (resource.values[owner] as Record<string, unknown>[])[0] : resource.values
    const list = values?.[last as string]
    return Array.isArray(list) && list.length >= 2
      ? []
      : [
          {
            policy: "zone redundancy",
            address: resource.address,
            message: `${path} is ${JSON.stringify(list)}, prod needs two or more`,
          },
        ]
  })
  return [...breaches("zone redundancy", resources, zoneRules), ...lists]
}

function waf(resources: Resource[]): Finding[] {
  const firewalls = resources.filter(({ type }) => type === "azurerm_web_application_firewall_policy")
  const gateways = resources.filter(({ type }) => type === "azurerm_application_gateway")
  const missing = gateways.length > 0 && firewalls.length === 0 ? gateways : []
  return [
    ...breaches("web application firewall", resources, {
      azurerm_web_application_firewall_policy: {
        "policy_settings.mode": ["Prevention"],
        "policy_settings.enabled": [true],
        "policy_settings.request_body_check": [true],
      },
      azurerm_application_gateway: { force_firewall_policy_association: [true] },
    }),
    ...missing.map(({ address }) => ({
      policy: "web application firewall",
      address,
      message: "there is no firewall policy",
    })),
  ]
}

const everybody = new Set(["*", "0.0.0.0/0", "::/0", "internet", "any"])

/** Inbound rules that let everybody in, except HTTPS at the gateway. */
function networkRules(resources: Resource[]): Finding[] {
  const inline = resources
    .filter(({ type }) => type === "azurerm_network_security_group")
    .flatMap(({ address, values }) =>
      ((values.security_rule ?? []) as Record<string, unknown>[]).map((rule) => ({
        address,
        rule,
        group: values.name,
      })),
    )
  const single = resources
    .filter(({ type }) => type === "azurerm_network_security_rule")
    .map(({ address, values }) => ({ address, rule: values, group: values.network_security_group_name }))
  return [...inline, ...single].flatMap(({ address, rule, group }) => {
    const sources = [rule.source_address_prefix, ...((rule.source_address_prefixes ?? []) as unknown[])]
    const open = sources.some(
      (source) => everybody.has(String(source).toLowerCase()) || String(source).endsWith("/0"),
    )
    if (rule.direction !== "Inbound" || rule.access !== "Allow" || !open) return []
    const ports = [
      rule.destination_port_range,
      ...((rule.destination_port_ranges ?? []) as unknown[]),
    ].filter(Boolean)
    const gatewayHttps =
      String(group).endsWith("-gateway") &&
      rule.protocol === "Tcp" &&
      ports.length === 1 &&
      ports[0] === "443"
    return gatewayHttps
      ? []
      : [
          {
            policy: "network rules",
            address,
            message: `lets everybody in to port ${ports.join(", ")} of ${group}; only port 443 of the gateway may`,
          },
        ]
  })
}

const keyVaultReference =
  /^@Microsoft\.KeyVault\(SecretUri=https:\/\/[a-z0-9-]+\.vault\.azure\.net\/secrets\/[a-z0-9-]+\)$/
const looksSecret =
  /AccountKey=|SharedAccessKey=|SharedAccessSignature=|[?&]sig=|Password=|Pwd=|:\/\/[^/@:]*:[^/@]+@|\bsk_(live|test)_/i
const secretName =
  /password$|_access_key$|(^|_)client_secret$|_key_base64$|secret_key|account_key$|sas_token$/

/** Settings that must come from Key Vault, and values anywhere in the plan that look like a secret. */
function secrets(resources: Resource[]): Finding[] {
  const finding = (address: string, message: string) => ({ policy: "secrets", address, message })
  return resources.flatMap(({ address, type, values }) => {
    const settings = Object.entries((values.app_settings ?? {}) as Record<string, unknown>)
    const inClear = settings
      .filter(([name]) => secretSettings.includes(name))
      .filter(([name, value]) => {
        const text = String(value)
        const identityUrl = /_DB$|_URL$/.test(name) && !looksSecret.test(text) && !text.startsWith("@")
        return !keyVaultReference.test(text) && !identityUrl
      })
      .map(([name]) => finding(address, `app setting ${name} is not a Key Vault reference`))
    const found: Finding[] = []
    const walk = (value: unknown, path: string): void => {
      if (typeof value === "string") {
        const name = path.split(".").at(-1) ?? ""
        if (looksSecret.test(value)) found.push(finding(address, `${path} holds what looks like a secret`))
        else if (secretName.test(name) && value !== "")
          found.push(
            finding(address, `${path} has a value in the plan: use the write-only argument or an identity`),
          )
      } else if (Array.isArray(value))
        for (const [index, item] of value.entries()) walk(item, `${path}.${index}`)
      else if (typeof value === "object" && value !== null)
        for (const [name, inner] of Object.entries(value)) walk(inner, path ? `${path}.${name}` : name)
    }
    // Policy documents and queries are text that quotes such words.
    if (!/_policy$|alert/.test(type)) walk(values, "")
    return [...inClear, ...found]
  })
}

function tags(resources: Resource[]): Finding[] {
  return resources
    .filter(({ values }) => "tags" in values)
    .flatMap(({ address, values }) =>
      requiredTags
        .filter((tag) => !(values.tags as Record<string, string> | null)?.[tag])
        .map((tag) => ({ policy: "tags", address, message: `has no tag ${tag}` })),
    )
}

function retention(resources: Resource[], { environment }: PolicyContext): Finding[] {
  const days = retentionDays[environment]
  const rule = { retention_in_days: [days], total_retention_in_days: [days] }
  return breaches("retention", resources, { azurerm_log_analytics_workspace_table: rule })
}

const neverGranted = [
  "Owner",
  "Contributor",
  "User Access Administrator",
  "Role Based Access Control Administrator",
]

/** No workload gets a right over everything, and the access table has a row for each grant. */
function access(resources: Resource[], plan: Plan): Finding[] {
  const grants = resources.filter(({ type }) =>
    [
      "azurerm_role_assignment",
      "azurerm_cosmosdb_sql_role_assignment",
      "azurerm_managed_redis_access_policy_assignment",
    ].includes(type),
  )
  const tooMuch = grants
    .filter(({ values }) => neverGranted.includes(String(values.role_definition_name)))
    .map(({ address, values }) => ({
      policy: "access",
      address,
      message: `${values.role_definition_name} is never given to a workload`,
    }))
  const rows = (plan.planned_values.outputs?.access?.value ?? []) as unknown[]
  const untold =
    rows.length === grants.length
      ? []
      : [
          {
            policy: "access",
            address: "output.access",
            message: `${grants.length} grants, but ${rows.length} rows in the access table`,
          },
        ]
  return [...tooMuch, ...untold]
}

/** All findings of one environment's plan; an empty list is a plan that may be applied. */
export function checkPlan(plan: Plan, context: PolicyContext): Finding[] {
  const resources = resourcesOf(plan)
  const prod = context.environment === "prod"
  const closed = context.environment !== "dev"
  return [
    ...breaches("tls", resources, tlsRules),
    ...breaches("identity only", resources, identityOnlyRules),
    ...breaches("allowed values", resources, allowedValues),
    ...(closed ? breaches("no public data plane", resources, privateRules) : []),
    ...(prod ? waf(resources) : []),
    ...(prod ? zones(resources) : []),
    ...networkRules(resources),
    ...secrets(resources),
    ...tags(resources),
    ...retention(resources, context),
    ...access(resources, plan),
  ]
}

/** Policies of the bootstrap root: its stores are reachable from the listed ranges, by design, and its pipeline may grant. */
export function checkBootstrap(plan: Plan): Finding[] {
  const resources = resourcesOf(plan)
  return [
    ...breaches("tls", resources, tlsRules),
    ...breaches("identity only", resources, identityOnlyRules),
    ...breaches("allowed values", resources, allowedValues),
    ...breaches("network rules", resources, {
      azurerm_key_vault: { "network_acls.default_action": ["Deny"] },
    }),
    ...secrets(resources),
    ...tags(resources),
  ]
}
