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
  versionProblems,
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
  ...versionProblems(plan),
]

const addOnInstead = [
  "HelmRelease keda/keda: Terraform adds AKS's KEDA as well",
  ...["basket", "catalog", "ordering"].flatMap((app) => [
    `no credential admits keda:keda-operator as ${app}`,
    `nobody logs in by kube-system:keda-operator as ${app}`,
  ]),
]

const oldKubernetes = "Kubernetes 1.33: end of life 2026-07-31, as of 2026-11-25 too early for a new cluster"

const noRegistryLogin = [
  "no credential admits flux-system:source-controller as platform",
  "the Flux extension lacks workloadIdentity.enable and workloadIdentity.azureClientId",
  "the identity platform may not pull from the registry (AcrPull)",
]

/**
 * What git is ready for and infra/terraform is not yet: mend it there, then delete the line here.
 * Registry: settings of the Flux extension, federated credentials `platform-…` and AcrPull for the identity platform.
 * Kubernetes: 1.36 in every tfvars and as the variable's default.
 * KEDA: `kubernetes.keda_addon = false`.
 * Taints: dev's only user pool is a Spot pool, and no chart's hooks can be made to tolerate it: `spot = false`.
 */
const waitingForTerraform: Record<Environment, string[]> = {
  dev: [
    ...noRegistryLogin,
    ...addOnInstead,
    oldKubernetes,
    "no credential admits flux-system:image-reflector-controller as platform",
    "no pool takes Deployment eshop/catalog-http and 17 more (taints: CriticalAddonsOnly, kubernetes.azure.com/scalesetpriority)",
  ],
  staging: [...noRegistryLogin, ...addOnInstead, oldKubernetes],
  production: [...noRegistryLogin, ...addOnInstead, oldKubernetes],
}

/** The same for the tfvars' `kubernetes.git.url`, or for the pipelines that open the pull requests. */
const waitingForGitHost = ["pull requests are opened by /_apis/git/, Flux follows github.com"]

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
    expect(problemsOf(objects, plan).sort()).toEqual([...waitingForTerraform[environment]].sort())
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
    expect(deliveryProblems(root, environment, side(environment).plan)).toEqual(waitingForGitHost)
  })

  const unknown = (problems: string[]) =>
    problems.filter((problem) => !waitingForTerraform.dev.includes(problem)).sort()

  it("finds what is planted in git, and nothing else", () => {
    const copy = planted(...mistakes.map(([, plant]) => plant))
    const found = problemsOf(checkCluster(copy, "dev").objects, side("dev").plan)
    expect(unknown(found)).toEqual(mistakes.flatMap(([, , problems]) => problems).sort())
  })

  it("finds another namespace, a wrong subject, another branch and folder in Terraform, and nothing else", async () => {
    replaceIn(workspace.dir, ["env/dev.tfvars", "kubernetes = {\n", 'kubernetes = {\n  namespace = "shop"\n'])
    replaceIn(workspace.dir, [
      "main.access.tf",
      "serviceaccount:external-secrets:external-secrets",
      "serviceaccount:external-secrets:default",
    ])
    replaceIn(workspace.dir, ["env/dev.tfvars", 'clusters/dev"', 'clusters/development", branch = "release"'])
    const plan = await planOnAks(workspace, "dev")
    const found = problemsOf(side("dev").objects, plan)
    expect(unknown(found)).toEqual(
      [
        ...apps.flatMap((app) => [
          `no credential admits eshop:${app} as ${app}`,
          `nobody logs in by shop:${app} as ${app}`,
        ]),
        "no credential admits external-secrets:external-secrets as platform",
        "nobody logs in by external-secrets:default as platform",
      ].sort(),
    )
    expect(
      deliveryProblems(root, "dev", plan).filter((problem) => !waitingForGitHost.includes(problem)),
    ).toEqual([
      "the pipelines write to main, Flux follows release",
      "the cluster's folder is infra/gitops/clusters/dev, Flux follows infra/gitops/clusters/development",
    ])
  })
})
