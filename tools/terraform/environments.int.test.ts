import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { parse } from "yaml"
import { missingRights, neededProviders, registeredProviders } from "./facts-policy.ts"
import { bootstrapFindingsOf, findingsOf } from "./findings.ts"
import { type Plan, resourcesOf } from "./plan.ts"
import { checkPromotion } from "./promotion-policy.ts"
import {
  type Deployment,
  deployments,
  environments,
  initialise,
  planBootstrap,
  planDeployment,
  readSources,
} from "./steps.ts"
import { openWorkspace, terraformVersion, type Workspace } from "./workspace.ts"

// Without terraform there is nothing to plan with; in CI that is a failure, not a skip.
const available = (await terraformVersion()) !== undefined || process.env.CI !== undefined

const gitops = join(import.meta.dirname, "../../infra/gitops/clusters")
const common = [
  "AzureWebJobsStorage__accountName",
  "IDENTITY_AUDIENCE",
  "IDENTITY_CUSTOMER_CLAIM",
  "IDENTITY_ISSUER",
  "IDENTITY_STAFF_AUDIENCE",
  "IDENTITY_STAFF_ISSUER",
  "LOG_LEVEL",
  "OTEL_RESOURCE_ATTRIBUTES",
  "OTEL_TRACES_SAMPLER",
  "OTEL_TRACES_SAMPLER_ARG",
  "ServiceBus__fullyQualifiedNamespace",
]

describe.runIf(available)("every environment on every hosting target", () => {
  let workspace: Workspace
  let bootstrap: Plan
  const planned = new Map<string, Promise<Plan>>()
  /** Each form is planned once, with every store there is, however many tests look at it. */
  function planOf(form: Pick<Deployment, "environment" | "hosting">): Promise<Plan> {
    const key = `${form.environment} ${form.hosting}`
    const plan = planned.get(key) ?? planDeployment(workspace, { ...form, orderingStores: "sql-and-cosmos" })
    planned.set(key, plan)
    return plan
  }
  beforeAll(async () => {
    workspace = await openWorkspace()
    await initialise(workspace, ".")
    await initialise(workspace, "bootstrap")
    bootstrap = await planBootstrap(workspace)
  })
  afterAll(() => workspace?.close())

  // check.ts plans every form, planted-mistakes.int.test.ts those with one store; here each environment and hosting once.
  const largest = deployments.filter(({ orderingStores }) => orderingStores === "sql-and-cosmos")
  test.each(largest)(
    "$environment on $hosting with $orderingStores keeps the policies",
    async (deployment) => {
      const plan = await planOf(deployment)
      expect(findingsOf(plan, deployment, readSources(workspace))).toEqual([])
      const count = (type: string) => resourcesOf(plan).filter((resource) => resource.type === type).length
      expect({
        apps: count("azurerm_function_app_flex_consumption"),
        clusters: count("azurerm_kubernetes_cluster"),
        cosmos: count("azurerm_cosmosdb_account"),
      }).toEqual({
        apps: deployment.hosting === "flex" ? 4 : 0,
        clusters: deployment.hosting === "aks" ? 1 : 0,
        cosmos: 1,
      })
    },
  )

  test("the resource providers that are registered are those that some form needs", async () => {
    const environment = "staging"
    const plans = [
      await planOf({ environment, hosting: "flex" }),
      await planOf({ environment, hosting: "aks" }),
    ]
    const needed = new Set(plans.flatMap((plan) => [...neededProviders(plan)]))
    expect(plans.map(registeredProviders)).toEqual([[...needed].toSorted(), [...needed].toSorted()])
    expect(registeredProviders(bootstrap)).toEqual([...neededProviders(bootstrap)].toSorted())
  })

  test("the pipeline may do what the environment's plan does", async () => {
    const plan = await planOf({ environment: "prod", hosting: "flex" })
    expect(missingRights(plan, bootstrap)).toEqual([])
    const less = structuredClone(bootstrap)
    const root = less.planned_values.root_module
    root.resources = root.resources?.filter(({ type }) => type !== "azurerm_role_definition")
    expect(missingRights(plan, less).map(({ message }) => message)).toEqual([
      "the pipeline may not Microsoft.Authorization/locks/write, which the environment's plan does",
    ])
  })

  test("an image gets from build to prod, and a mistake on the way is found", async () => {
    const rollout: [string, Plan][] = []
    for (const environment of environments)
      rollout.push([environment, await planOf({ environment, hosting: "aks" })])
    expect(checkPromotion(rollout)).toEqual([])
    const [dev, staging, prod] = structuredClone(rollout).map(([, plan]) => plan) as [Plan, Plan, Plan]
    const named = (plan: Plan, address: string) =>
      resourcesOf(plan).find((resource) => resource.address.endsWith(address))?.values ?? {}
    named(dev, '["pipeline-images"]').role_definition_name = "AcrPull"
    named(dev, '["next-pipeline-images"]').principal_id = "somebody else"
    named(staging, "azurerm_container_registry.this").network_rule_bypass_option = "None"
    named(prod, '["pipeline-images"]').principal_id = "somebody else"
    const planted: [string, Plan][] = [
      ["dev", dev],
      ["staging", staging],
      ["prod", prod],
    ]
    expect(checkPromotion(planted).map(({ address, message }) => `${address}: ${message}`)).toEqual([
      "dev: its pipeline lacks AcrPush on its registry",
      "staging: its pipeline lacks Container Registry Data Importer and Data Reader on the registry of dev",
      "staging: its registry refuses imports: it admits no trusted services",
      "prod: its pipeline lacks Container Registry Data Importer and Data Reader on its registry",
    ])
  })

  test("a destroyed environment leaves its vaults to be recovered", async () => {
    const plan = await planOf({ environment: "dev", hosting: "flex" })
    const [features] = plan.configuration.provider_config.azurerm.expressions.features ?? []
    expect(features?.key_vault?.[0]?.purge_soft_delete_on_destroy?.constant_value).toBe(false)
  })

  test("the settings are those that the apps read, and on AKS no credential is among them", async () => {
    const plan = await planOf({ environment: "dev", hosting: "aks" })
    const settings = plan.planned_values.outputs?.app_settings?.value as Record<
      string,
      Record<string, string>
    >
    expect(
      Object.fromEntries(Object.entries(settings).map(([app, values]) => [app, Object.keys(values)])),
    ).toEqual({
      basket: [...common, "CATALOG_URL", "DISCOUNT_URL"].toSorted(),
      catalog: common,
      discount: [...common, "DISCOUNT_TABLES__tableServiceUri"].toSorted(),
      ordering: [
        ...common,
        "AzureFunctionsJobHost__extensions__durableTask__storageProvider__connectionStringName",
        "AzureFunctionsJobHost__extensions__durableTask__storageProvider__type",
        "BASKET_URL",
        "CATALOG_URL",
        "DIGESTS_URL",
        "DISCOUNT_URL",
        "GRACE_PERIOD_SECONDS",
        "ORDERING_DB",
        "ORDERING_VIEWS__accountEndpoint",
        "PAYMENT_URL",
        "SELLER",
        "STOREFRONT_URL",
        "SQLDB_Connection",
      ].toSorted(),
    })
    expect(settings.basket?.ServiceBus__fullyQualifiedNamespace).toBe(
      "sb-eshop-dev-a1b2.servicebus.windows.net",
    )
  })

  test("the cluster is handed the variables that its manifests ask for", async () => {
    const plan = await planOf({ environment: "prod", hosting: "aks" })
    const wanted = parse(readFileSync(join(gitops, "terraform-variables.yaml"), "utf8")) as Record<
      string,
      string
    >
    const flux = resourcesOf(plan).find(({ type }) => type === "azurerm_kubernetes_flux_configuration")
    const [kustomization] = (flux?.values.kustomizations ?? []) as { post_build: { substitute: object }[] }[]
    // A value that is only known after apply is missing from the plan's values, so the known ones are a subset.
    const known = Object.keys(kustomization?.post_build[0]?.substitute ?? {})
    expect(known.filter((name) => !(name in wanted))).toEqual([])
    const late = [
      "application_insights",
      ...["catalog", "basket", "discount", "ordering", "platform"].map((app) => `${app}_client_id`),
    ]
    expect([...known, ...late].toSorted()).toEqual(Object.keys(wanted).toSorted())
  })

  test("the bootstrap root keeps the policies", () => {
    expect(bootstrapFindingsOf(bootstrap)).toEqual([])
  })
})
