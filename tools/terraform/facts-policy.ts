/** Holds a plan against the table of what Azure demands (azure-facts.ts). */
import { resourceProviders } from "./azure-facts.ts"
import { type Plan, resourcesOf } from "./plan.ts"
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

/** Resource providers that the plan's resources need, by name. */
export const neededProviders = (plan: Plan): Set<string> =>
  new Set(resourcesOf(plan).flatMap(({ type }) => providersOf(type) ?? []))

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

/** What Azure would refuse or leave without effect, of any root. */
export const checkFacts = (plan: Plan): Finding[] => [...storagePolling(plan), ...registration(plan)]
