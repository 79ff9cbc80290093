/** Holds a plan against the table of what Azure demands (azure-facts.ts). */
import type { Plan } from "./plan.ts"
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

/** What Azure would refuse or leave without effect, of any root. */
export const checkFacts = (plan: Plan): Finding[] => [...storagePolling(plan)]
