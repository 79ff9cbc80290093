import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { root } from "../apps.ts"
import type { Plan } from "../terraform/plan.ts"
import { initialise, planDeployment } from "../terraform/steps.ts"
import { openWorkspace, terraformVersion, type Workspace } from "../terraform/workspace.ts"
import { secretProblems } from "./cross-checks.ts"
import { checkCluster } from "./gitops-check.ts"
import { type Environment, environments, whyNoRenderer } from "./helm.ts"
import type { Manifest } from "./manifests.ts"
import { type Plant, planted, removeCopies } from "./planted.ts"
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

const problemsOf = (objects: Manifest[], plan: Plan): string[] => [...secretProblems(objects, plan)]

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
      "another name of a secret",
      ["infra/gitops/apps/base/ordering/values.yaml", "payment-api-key", "payment-key"],
      [
        "ExternalSecret eshop/ordering: nobody puts payment-key into the vault of ordering",
        "vault of ordering: payment-api-key is put there and read by nobody",
      ],
    ],
  ]

  it("finds what is planted in git, and nothing else", () => {
    const copy = planted(...mistakes.map(([, plant]) => plant))
    const found = problemsOf(checkCluster(copy, "dev").objects, side("dev").plan)
    expect(found.sort()).toEqual(mistakes.flatMap(([, , problems]) => problems).sort())
  })
})
