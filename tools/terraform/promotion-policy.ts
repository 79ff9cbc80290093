/** Holds the plans of all environments on Kubernetes against the way of an image: pushed into the first registry, copied from each to the next. */
import { importRole } from "./azure-facts.ts"
import { type Plan, resourcesOf } from "./plan.ts"
import type { Finding } from "./policies.ts"

const pipelineOf = ({ variables }: Plan) =>
  (variables?.pipeline?.value as { principal_id?: string } | undefined)?.principal_id

/** Whether the plan gives a principal a role on the registry, whose id is not known yet: the grant's name says it. */
const mayUseImages = (plan: Plan, principal: string | undefined, role: string): boolean =>
  resourcesOf(plan).some(
    ({ type, index, values }) =>
      type === "azurerm_role_assignment" &&
      String(index).endsWith("pipeline-images") &&
      values.principal_id === principal &&
      values.role_definition_name === role,
  )

/**
 * What keeps an image from getting from build to the last environment.
 * @param environments plans with hosting = "aks" in the order of the promotion, by the environment's name
 */
export function checkPromotion(environments: [name: string, plan: Plan][]): Finding[] {
  const finding = (name: string, message: string): Finding => ({
    policy: "promotion",
    address: name,
    message,
  })
  return environments.flatMap(([name, plan], index) => {
    const own = pipelineOf(plan)
    const role = index === 0 ? "AcrPush" : importRole
    const before = environments[index - 1]
    const closed = resourcesOf(plan).filter(
      ({ type, values }) =>
        type === "azurerm_container_registry" && values.network_rule_bypass_option !== "AzureServices",
    )
    return [
      ...(mayUseImages(plan, own, role) ? [] : [finding(name, `its pipeline lacks ${role} on its registry`)]),
      ...(before === undefined || mayUseImages(before[1], own, importRole)
        ? []
        : [finding(name, `its pipeline lacks ${importRole} on the registry of ${before[0]}`)]),
      ...closed.map(() => finding(name, "its registry refuses imports: it admits no trusted services")),
    ]
  })
}
