/**
 * Rehearses a rollout without a cloud: plans every environment in both forms of hosting, then follows one image tag from
 * build to production through the pipelines' own scripts.
 *
 *   npm run infra:rehearse
 */
import { findingsOf } from "../terraform/findings.ts"
import type { Plan } from "../terraform/plan.ts"
import { checkPromotion } from "../terraform/promotion-policy.ts"
import { environments, hostings, initialise, planDeployment, readSources } from "../terraform/steps.ts"
import { openWorkspace, terraformVersion } from "../terraform/workspace.ts"
import { followTag, openRehearsal } from "./rehearse.ts"

const unproven = `What this does not prove
  Azure, Azure DevOps, Docker and Flux were not asked: registries are folders, a cluster runs at once what git says if its
  registry has the image, pull requests are answered by a small server. Not seen: that Azure accepts the plans; logins,
  approvals, locks and agent pools; packets in the network; the image itself, its scan, its start; Flux, KEDA, canaries,
  migrations; the zip deployment onto Flex Consumption, whose scripts need Azure's own task; how long any of it takes.`

/** Plans every environment in both forms; answers those on Kubernetes, by environment. */
async function planAll(): Promise<{ onKubernetes: Map<string, Plan>; findings: string[] }> {
  const workspace = await openWorkspace()
  const onKubernetes = new Map<string, Plan>()
  const findings: string[] = []
  try {
    await initialise(workspace, ".")
    for (const environment of environments) {
      for (const hosting of hostings) {
        const deployment = { environment, hosting, orderingStores: "postgres" } as const
        const plan = await planDeployment(workspace, deployment)
        const found = findingsOf(plan, deployment, readSources(workspace))
        console.log(
          `  ${found.length === 0 ? "✔" : "✖"} ${environment} on ${hosting}: ${found.length} findings`,
        )
        findings.push(
          ...found.map(({ address, message }) => `${environment} on ${hosting}: ${address}: ${message}`),
        )
        if (hosting === "aks") onKubernetes.set(environment, plan)
      }
    }
  } finally {
    workspace.close()
  }
  const onTheWay = checkPromotion([...onKubernetes])
  return {
    onKubernetes,
    findings: [...findings, ...onTheWay.map(({ address, message }) => `${address}: ${message}`)],
  }
}

async function main(): Promise<void> {
  if (process.platform !== "linux") throw new Error("the pipelines' scripts are for Linux: use WSL")
  if (!(await terraformVersion())) throw new Error("terraform is not on the PATH")
  console.log("Plans")
  const { onKubernetes, findings } = await planAll()
  for (const finding of findings) console.error(`  ✖ ${finding}`)
  if (findings.length > 0) throw new Error(`${findings.length} findings`)
  const rehearsal = await openRehearsal(onKubernetes, console.log)
  try {
    const tag = await followTag(rehearsal, console.log)
    console.log(`${tag} is in production\n\n${unproven}`)
  } finally {
    rehearsal.close()
  }
}

if (import.meta.main) {
  main().catch((error: Error) => {
    console.error(`infra:rehearse failed: ${error.message}`)
    process.exitCode = 1
  })
}
