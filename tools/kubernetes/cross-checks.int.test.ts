import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { apps, root } from "../apps.ts"
import type { Plan } from "../terraform/plan.ts"
import { initialise, planDeployment } from "../terraform/steps.ts"
import { openWorkspace, terraformVersion, type Workspace } from "../terraform/workspace.ts"
import {
  federationProblems,
  kedaProblems,
  registryLoginProblems,
  secretProblems,
  taintProblems,
} from "./cross-checks.ts"
import { checkCluster } from "./gitops-check.ts"
import { type Environment, environments, readYaml, whyNoRenderer } from "./helm.ts"
import type { Manifest } from "./manifests.ts"
import { deliveryProblems } from "./pipeline-checks.ts"
import { type Plant, planted, removeCopies, replaceIn } from "./planted.ts"
import { kubectl, whyMissing } from "./programs.ts"

const noTerraform = (await terraformVersion()) ? undefined : "terraform is missing"
if (noTerraform && process.env.CI === "true") throw new Error(noTerraform)
const missing = whyMissing(kubectl, ["version", "--client"]) ?? whyNoRenderer() ?? noTerraform
if (missing) console.warn(`cross-checks skipped: ${missing}`)

/** Each environment as Terraform calls it. */
const planNames = { dev: "dev", staging: "staging", production: "prod" } as const

const planOnAks = (workspace: Workspace, environment: Environment): Promise<Plan> =>
  planDeployment(workspace, {
    environment: planNames[environment],
    hosting: "aks",
    orderingStores: "postgres",
  })

const variables = readYaml(join(root, "infra/gitops/clusters/terraform-variables.yaml")) as Record<
  string,
  string
>

const problemsOf = (objects: Manifest[], plan: Plan): string[] => [
  ...secretProblems(objects, plan),
  ...federationProblems(objects, plan, variables),
  ...registryLoginProblems(objects, plan),
  ...taintProblems(objects, plan),
  ...kedaProblems(objects, plan),
]

describe.skipIf(missing)("git and Terraform", () => {
  let workspace: Workspace
  const sides = new Map<Environment, { objects: Manifest[]; plan: Plan }>()
  const side = (environment: Environment) => sides.get(environment) as { objects: Manifest[]; plan: Plan }
  beforeAll(async () => {
    workspace = await openWorkspace()
    await initialise(workspace, ".")
    for (const environment of environments) {
      const plan = await planOnAks(workspace, environment)
      sides.set(environment, { objects: checkCluster(root, environment).objects, plan })
    }
  }, 240_000)
  afterAll(() => {
    workspace?.close()
    removeCopies()
  })

  it.each([...environments])("agree on %s", (environment) => {
    const { objects, plan } = side(environment)
    expect(problemsOf(objects, plan)).toEqual([])
  })

  /** Mistakes in git, each with every problem that it must cause in dev. */
  const mistakes: [name: string, Plant, problems: string[]][] = [
    [
      "a secret of a Redis that dev does not have",
      [
        "infra/gitops/apps/overlays/dev/basket/values.yaml",
        "image:\n",
        "externalSecret: { data: { REDIS_URL: redis-url } }\nimage:\n",
      ],
      ["ExternalSecret eshop/basket: nobody puts redis-url into the vault of basket"],
    ],
    [
      "a KEDA that is too old",
      ["infra/gitops/infrastructure/controllers/keda.yaml", "version: 2.20.2", "version: 2.18.1"],
      ["HelmRelease keda/keda: 2.18.1 cannot ask SQL Server with a workload identity"],
    ],
    [
      "another name of a secret",
      ["infra/gitops/apps/base/ordering/values.yaml", "payment-api-key", "payment-key"],
      [
        "ExternalSecret eshop/ordering: nobody puts payment-key into the vault of ordering",
        "vault of ordering: payment-api-key is put there and read by nobody",
      ],
    ],
  ]

  it.each([...environments])("and the pipelines agree on %s", (environment) => {
    expect(deliveryProblems(root, environment, side(environment).plan)).toEqual([])
  })

  it("finds what is planted in git, and nothing else", () => {
    const copy = planted(...mistakes.map(([, plant]) => plant))
    const found = problemsOf(checkCluster(copy, "dev").objects, side("dev").plan)
    expect(found.sort()).toEqual(mistakes.flatMap(([, , problems]) => problems).sort())
  })

  it("finds pull requests that are opened elsewhere than Flux looks", () => {
    const copy = planted([".azure-pipelines/steps/gitops-update.yaml", "/_apis/git/", "/api.github.com/"])
    expect(deliveryProblems(copy, "dev", side("dev").plan)).toEqual([
      "pull requests are opened by api.github.com, Flux follows dev.azure.com",
    ])
  })

  /** Mistakes in Terraform, each with every problem that it must cause in dev. */
  const inTerraform: [name: string, Plant, problems: string[]][] = [
    [
      "another namespace in tfvars than in git",
      ["env/dev.tfvars", "kubernetes = {\n", 'kubernetes = {\n  namespace = "shop"\n'],
      apps.flatMap((app) => [
        `no credential admits eshop:${app} as ${app}`,
        `nobody logs in by shop:${app} as ${app}`,
      ]),
    ],
    [
      "a wrong federated subject",
      ["main.access.tf", '"external-secrets:external-secrets"', '"default:external-secrets"'],
      [
        "no credential admits external-secrets:external-secrets as platform",
        "nobody logs in by default:external-secrets as platform",
      ],
    ],
    [
      "Flux without a login to the registry",
      ["modules/aks/main.flux.tf", '"workloadIdentity.enable"        = "true"', ""],
      ["the Flux extension lacks workloadIdentity.enable and workloadIdentity.azureClientId"],
    ],
    [
      "Flux without the right to pull",
      ["main.access.tf", '"platform-pulls" = {', '"flux-pulls" = {'],
      ["the identity platform may not pull from the registry (AcrPull)"],
    ],
    [
      "Spot nodes alone",
      ["modules/aks/main.tf", '= "User"\n', '= "User"\n  priority = "Spot"\n'],
      [
        "no pool takes Deployment eshop/catalog-http and 14 more (taints: CriticalAddonsOnly, kubernetes.azure.com/scalesetpriority)",
      ],
    ],
    [
      "AKS's KEDA beside Flux's",
      [
        "modules/aks/main.tf",
        "  key_vault_secrets_provider {",
        "  workload_autoscaler_profile {\n    keda_enabled = true\n  }\n  key_vault_secrets_provider {",
      ],
      ["HelmRelease keda/keda: Terraform adds AKS's KEDA as well"],
    ],
  ]

  it("finds what is planted in Terraform, and nothing else", async () => {
    for (const [, plant] of inTerraform) replaceIn(workspace.dir, plant)
    const branch: Plant = ["env/dev.tfvars", 'clusters/dev"', 'clusters/development", branch = "release"']
    const command: Plant = [
      "modules/aks/main.tf",
      "run_command_enabled = true",
      "run_command_enabled = false",
    ]
    for (const plant of [branch, command]) replaceIn(workspace.dir, plant)
    const plan = await planOnAks(workspace, "dev")
    const found = problemsOf(side("dev").objects, plan)
    expect(found.sort()).toEqual(inTerraform.flatMap(([, , problems]) => problems).sort())
    expect(deliveryProblems(root, "dev", plan)).toEqual([
      "the pipelines ask the cluster by its run command, which Terraform switches off",
      "the pipelines write to main, Flux follows release",
      "the cluster's folder is infra/gitops/clusters/dev, Flux follows infra/gitops/clusters/development",
    ])
  })
})
