import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { type Plan, resourcesOf } from "../terraform/plan.ts"
import { environments, initialise, planDeployment } from "../terraform/steps.ts"
import { openWorkspace, terraformVersion, type Workspace } from "../terraform/workspace.ts"
import { build, followTag, openRehearsal, promotion, type Rehearsal } from "./rehearse.ts"

const available =
  process.platform === "linux" && ((await terraformVersion()) !== undefined || process.env.CI !== undefined)

describe.runIf(available)("a rehearsed rollout", () => {
  let workspace: Workspace
  const plans = new Map<string, Plan>()
  let rehearsal: Rehearsal | undefined
  beforeAll(async () => {
    workspace = await openWorkspace()
    await initialise(workspace, ".")
    for (const environment of environments)
      plans.set(
        environment,
        await planDeployment(workspace, { environment, hosting: "aks", orderingStores: "postgres" }),
      )
  }, 300_000)
  afterEach(() => rehearsal?.close())
  afterAll(() => workspace?.close())

  it("brings one tag from build to production, each environment with its own login", async () => {
    const lines: string[] = []
    rehearsal = await openRehearsal(plans, () => {})
    const tag = await followTag(rehearsal, (line) => lines.push(line))
    expect(tag).toBe("0.1.1-main.4711.g1a2b3c4")
    expect(lines.filter((line) => line.includes("✔"))).toHaveLength(10)
    expect(rehearsal.registries()).toEqual(
      ["dev", "prd", "stg"].map((name) => `registries/creshop${name}a1b2/eshop/catalog:${tag}`),
    )
    const asked = rehearsal.calls().filter((call) => /docker push|acr import|aks command/.test(call))
    expect(
      asked.map((call) =>
        call
          .split(" ")
          .slice(0, 4)
          .join(" ")
          .replace(/ creshop.*/, ""),
      ),
    ).toEqual([
      "eshop-dev docker push",
      "eshop-dev az aks command",
      "eshop-staging az acr import",
      "eshop-staging az aks command",
      "eshop-production az acr import",
    ])
  }, 300_000)

  it("stops before the pull request where Terraform gives no right to copy the image", async () => {
    const lines: string[] = []
    const without = structuredClone(plans)
    const grant = resourcesOf(without.get("dev") as Plan).find(
      ({ index }) => index === "next-pipeline-images",
    )
    if (grant) grant.values.role_definition_name = "AcrPull"
    rehearsal = await openRehearsal(without, (line) => lines.push(line.trim()))
    expect(await rehearsal.run(build())).toEqual({ build: "passed", dev: "passed" })
    expect(await rehearsal.run(promotion())).toEqual({
      healthy_dev: "passed",
      staging: "failed",
      healthy_staging: "passed",
      production: "skipped",
    })
    expect(lines).toContain(
      "ERROR: (AuthorizationFailed) eshop-staging does not have authorization to import from or into creshopdeva1b2",
    )
    expect(rehearsal.git.open()).toEqual([])
    expect(rehearsal.registries()).toEqual([
      "registries/creshopdeva1b2/eshop/catalog:0.1.1-main.4711.g1a2b3c4",
    ])
  }, 300_000)
})
