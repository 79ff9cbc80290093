import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Plan } from "./plan.ts"
import { resourcesOf } from "./plan.ts"
import { checkBootstrap, checkPlan } from "./policies.ts"
import { checkEntities, checkRoutes } from "./sources-policy.ts"
import { deployments, initialise, planBootstrap, planDeployment, readSources } from "./steps.ts"
import { openWorkspace, terraformVersion, type Workspace } from "./workspace.ts"

// Without terraform there is nothing to plan with; in CI that is a failure, not a skip.
const available = (await terraformVersion()) !== undefined || process.env.CI !== undefined

describe.runIf(available)("every environment in every form", () => {
  let workspace: Workspace
  beforeAll(async () => {
    workspace = await openWorkspace()
    await initialise(workspace, ".")
    await initialise(workspace, "bootstrap")
  })
  afterAll(() => workspace?.close())

  test.each(deployments)(
    "$environment on $hosting with $orderingStores keeps the policies",
    async (deployment) => {
      const plan = await planDeployment(workspace, deployment)
      const { entities, routes } = readSources(workspace)
      expect([
        ...checkPlan(plan, deployment),
        ...checkEntities(plan, entities),
        ...checkRoutes(plan, routes),
      ]).toEqual([])
      const count = (type: string) => resourcesOf(plan).filter((resource) => resource.type === type).length
      expect({
        apps: count("azurerm_function_app_flex_consumption"),
        clusters: count("azurerm_kubernetes_cluster"),
        cosmos: count("azurerm_cosmosdb_account"),
      }).toEqual({
        apps: deployment.hosting === "flex" ? 4 : 0,
        clusters: deployment.hosting === "aks" ? 1 : 0,
        cosmos: deployment.orderingStores === "postgres" ? 0 : 1,
      })
    },
  )

  test("the settings are those that the apps read, without a credential on AKS", async () => {
    const settings = async (hosting: "flex" | "aks") => {
      const plan: Plan = await planDeployment(workspace, {
        environment: "dev",
        hosting,
        orderingStores: "postgres",
      })
      const apps = resourcesOf(plan).filter(({ type }) => type === "azurerm_function_app_flex_consumption")
      const output = plan.planned_values.outputs?.app_settings?.value as
        | Record<string, Record<string, string>>
        | undefined
      return { apps, output }
    }
    const { output } = await settings("aks")
    expect(Object.keys(output?.ordering ?? {})).toEqual([
      "AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName",
      "AzureFunctionsJobHost__extensions__durableTask__storageProvider__type",
      "AzureWebJobsStorage__accountName",
      "DISCOUNT_URL",
      "IDENTITY_AUDIENCE",
      "IDENTITY_ISSUER",
      "PAYMENT_URL",
      "SQLDB_Connection",
      "ServiceBus__fullyQualifiedNamespace",
    ])
    expect(output?.basket?.ServiceBus__fullyQualifiedNamespace).toBe(
      "sb-eshop-dev-a1b2.servicebus.windows.net",
    )
    const { apps } = await settings("flex")
    expect(apps).toHaveLength(4)
  })

  test("the bootstrap root keeps the policies", async () => {
    expect(checkBootstrap(await planBootstrap(workspace))).toEqual([])
  })
})
