/** Holds a plan against the table of what Azure demands (azure-facts.ts). */
import {
  asOf,
  beyondContributor,
  builtInRoles,
  delegations,
  grantedBy,
  kubernetesEnds,
  nodeEnds,
  privateZones,
  resourceProviders,
  scalingRole,
} from "./azure-facts.ts"
import { type Plan, type Resource, resourcesOf, valuesAt } from "./plan.ts"
import type { Finding } from "./policies.ts"

const finding = (address: string, message: string): Finding => ({ policy: "azure facts", address, message })

/** The provider polls a new storage account's own endpoints, which Terraform's machine need not reach. */
function storagePolling({ configuration }: Plan): Finding[] {
  const storage = configuration.provider_config.azurerm.expressions.features?.[0]?.storage?.[0]
  return storage?.data_plane_available?.constant_value === false
    ? []
    : [
        finding(
          "provider.azurerm",
          "features.storage.data_plane_available is not false: creating a closed account hangs",
        ),
      ]
}

/** The table's line for a resource type: the longest name that it begins with. */
function providersOf(type: string): readonly string[] | undefined {
  const name = type.replace(/^azurerm_/, "")
  const line = Object.keys(resourceProviders)
    .filter((start) => name === start || name.startsWith(`${start}_`))
    .sort((a, b) => b.length - a.length)[0]
  return line === undefined ? undefined : resourceProviders[line]
}

const delegatedTo = ({ values }: Resource): string[] =>
  valuesAt(values, "delegation.service_delegation.name").filter((name) => typeof name === "string")

/** Resource providers that the plan's resources need, by name: also those that a subnet is delegated to. */
export const neededProviders = (plan: Plan): Set<string> =>
  new Set(
    resourcesOf(plan).flatMap((resource) => [
      ...(providersOf(resource.type) ?? []),
      ...delegatedTo(resource).map((service) => service.split("/")[0] ?? ""),
    ]),
  )

/** Resource providers that the provider block registers by name. */
export const registeredProviders = ({ configuration }: Plan): string[] =>
  configuration.provider_config.azurerm.expressions.resource_providers_to_register?.constant_value ?? []

/** A fresh subscription has nearly no resource provider registered, and the provider's own sets lack some of ours. */
function registration(plan: Plan): Finding[] {
  const unknown = resourcesOf(plan).filter(
    ({ type }) => type.startsWith("azurerm_") && providersOf(type) === undefined,
  )
  const registered = registeredProviders(plan)
  return [
    ...unknown.map(({ address, type }) =>
      finding(address, `azure-facts.ts names no resource provider for ${type}`),
    ),
    ...[...neededProviders(plan)]
      .filter((name) => !registered.includes(name))
      .map((name) => finding("provider.azurerm", `${name} is used but not registered`)),
  ]
}

const ofType = (plan: Plan, type: string) => resourcesOf(plan).filter((resource) => resource.type === type)

const roles = (plan: Plan): Finding[] =>
  ofType(plan, "azurerm_role_assignment")
    .filter(({ values }) => typeof values.role_definition_name === "string")
    .filter(({ values }) => !builtInRoles.has(values.role_definition_name as string))
    .map(({ address, values }) =>
      finding(address, `${values.role_definition_name} is not a built-in role that azure-facts.ts knows`),
    )

/** The private endpoints' names are registered in the zone of their service. */
function zones(plan: Plan): Finding[] {
  const names = new Set(ofType(plan, "azurerm_private_dns_zone").map(({ values }) => values.name))
  return ofType(plan, "azurerm_private_endpoint").flatMap(({ address, values }) => {
    const [connection] = values.private_service_connection as { subresource_names: string[] }[]
    return (connection?.subresource_names ?? [])
      .filter((subresource) => !names.has(privateZones[subresource]))
      .map((subresource) =>
        finding(address, `${subresource} needs the zone ${privateZones[subresource]}, which is not planned`),
      )
  })
}

/** Zones are read by the environment's own network, whose id is not known yet, and the private endpoints' by the operators'. */
function zoneLinks(plan: Plan): Finding[] {
  const links = ofType(plan, "azurerm_private_dns_zone_virtual_network_link").map(({ values }) => ({
    zone: values.private_dns_zone_name,
    network: values.virtual_network_id ?? "the environment's network",
  }))
  const { linked_network_ids = {} } = (plan.variables?.network?.value ?? {}) as {
    linked_network_ids?: Record<string, string>
  }
  return ofType(plan, "azurerm_private_dns_zone").flatMap(({ address, values }) => {
    const operators = String(values.name).startsWith("privatelink.") ? Object.values(linked_network_ids) : []
    return ["the environment's network", ...operators]
      .filter((network) => !links.some((link) => link.zone === values.name && link.network === network))
      .map((network) => finding(address, `${values.name} is not linked to ${network}`))
  })
}

/** Agents in the state's own region are not judged by their public address: they reach it by a private endpoint. */
function state(plan: Plan): Finding[] {
  const account = plan.variables?.state_storage_account_id?.value
  const reached = ofType(plan, "azurerm_private_endpoint").some(({ values }) =>
    valuesAt(values, "private_service_connection.private_connection_resource_id").includes(account),
  )
  return ofType(plan, "azurerm_subnet")
    .filter(({ index }) => index === "agents" && !reached)
    .map(({ address }) =>
      finding(address, "has no private endpoint to the state: storage has no rule for its own region"),
    )
}

/** Whoever scales the consumers may read how much waits in each subscription. */
function scaling(plan: Plan): Finding[] {
  const role = scalingRole[ofType(plan, "azurerm_kubernetes_cluster").length > 0 ? "aks" : "flex"]
  const roles = ofType(plan, "azurerm_role_assignment")
  return ofType(plan, "azurerm_servicebus_subscription").flatMap(({ address, index, values }) => {
    const grant = `${values.name}-receives-${String(index).split("/")[0]}`
    return roles.some((entry) => entry.index === grant && entry.values.role_definition_name === role)
      ? []
      : [finding(address, `${values.name} does not have the role ${role} on it, which scaling needs`)]
  })
}

/** A cluster's agent that logs in by identity sends only what a rule associated with the cluster tells it to. */
function containerLogs(plan: Plan): Finding[] {
  const associated = ofType(plan, "azurerm_monitor_data_collection_rule_association").some(
    ({ values }) => values.name === "ContainerInsightsExtension",
  )
  return ofType(plan, "azurerm_kubernetes_cluster")
    .filter(({ values }) => valuesAt(values, "oms_agent.msi_auth_for_monitoring_enabled").includes(true))
    .filter(() => !associated)
    .map(({ address }) => finding(address, "has no data collection rule: no container's log is collected"))
}

const delegated = (plan: Plan): Finding[] =>
  ofType(plan, "azurerm_subnet").flatMap((subnet) => {
    const wanted = delegations[String(subnet.index)]?.join(", ") || "nobody"
    const found = delegatedTo(subnet).join(", ") || "nobody"
    return found === wanted ? [] : [finding(subnet.address, `is delegated to ${found}, must be to ${wanted}`)]
  })

/** Whether a version with this last day of support may still be chosen: half a year is left. */
function lasts(end: string | undefined): boolean {
  const enough = new Date(asOf)
  enough.setUTCMonth(enough.getUTCMonth() + 6)
  return end !== undefined && new Date(end) >= enough
}

/** Versions that Azure supports for half a year at least. Flux is Azure's to choose: a pinned extension would be replaced at its upgrade. */
function versions(plan: Plan): Finding[] {
  const chosen = [
    ["azurerm_kubernetes_cluster", "kubernetes_version", kubernetesEnds, "Kubernetes"],
    ["azurerm_function_app_flex_consumption", "runtime_version", nodeEnds, "Node"],
  ] as const
  const old = chosen.flatMap(([type, attribute, ends, product]) =>
    ofType(plan, type)
      .map(({ address, values }) => ({ address, version: String(values[attribute]) }))
      .filter(({ version }) => !lasts(ends[version]))
      .map(({ address, version }) => {
        const end = ends[version] ?? "unknown"
        return finding(address, `${product} ${version}: end of support ${end}, as of ${asOf} too early`)
      }),
  )
  const pinned = ofType(plan, "azurerm_kubernetes_cluster_extension")
    .filter(({ values }) => values.version)
    .map(({ address, values }) =>
      finding(address, `is pinned to ${values.version}: an upgrade would replace it, and what it made`),
    )
  return [...old, ...pinned]
}

/** What Azure would refuse or leave without effect, of any root. */
export const checkFacts = (plan: Plan): Finding[] =>
  [
    storagePolling,
    registration,
    roles,
    zones,
    zoneLinks,
    state,
    scaling,
    containerLogs,
    delegated,
    versions,
  ].flatMap((check) => check(plan))

/** What the environment's plan does that the pipeline's identity, made by the bootstrap, may not do. */
export function missingRights(plan: Plan, bootstrap: Plan): Finding[] {
  const roles = ofType(bootstrap, "azurerm_role_assignment").map(({ values }) =>
    String(values.role_definition_name),
  )
  const custom = ofType(bootstrap, "azurerm_role_definition")
  const rights = [
    ...roles.flatMap((role) => grantedBy[role] ?? []),
    ...custom.flatMap(({ values }) => valuesAt(values, "permissions.actions")),
  ]
  const needed = new Set(resourcesOf(plan).flatMap(({ type }) => beyondContributor[type] ?? []))
  return [...needed]
    .filter((right) => !rights.includes(right))
    .map((right) => finding("bootstrap", `the pipeline may not ${right}, which the environment's plan does`))
}
