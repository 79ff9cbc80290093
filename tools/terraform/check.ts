/**
 * Checks infra/terraform without an Azure account: format, init, validate, unit tests, plans of every environment in
 * every form, and the policies over them.
 */
import { availableParallelism } from "node:os"
import { accessRows, readAccess, renderAccess, writeAccess } from "./access-table.ts"
import { missingRights } from "./facts-policy.ts"
import { bootstrapFindingsOf, findingsOf } from "./findings.ts"
import type { Plan } from "./plan.ts"
import type { Finding } from "./policies.ts"
import { checkPromotion } from "./promotion-policy.ts"
import {
  checkFormat,
  configurations,
  deployments,
  environments,
  initialise,
  planBootstrap,
  planDeployment,
  readSources,
  unitTest,
  validate,
} from "./steps.ts"
import { openWorkspace, terraformVersion, type Workspace } from "./workspace.ts"

const USAGE = `npm run infra:check               offline, with the provider stand-in
npm run infra:check -- --write    also writes docs/operations/access.md
npm run infra:check -- --online   format, init, validate and unit tests with the real provider (needs the network)`

const online = process.argv.includes("--online")
const write = process.argv.includes("--write")
const started = Date.now()
const say = (text: string) =>
  console.log(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}`)

/** Runs `work` over the items, as many at once as there are processors; answers in the order of the items. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++)
      results[index] = await work(items[index] as T)
  }
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), items.length) }, worker))
  return results
}

async function checkConfigurations(workspace: Workspace): Promise<void> {
  await checkFormat(workspace)
  say("format")
  const passed = await inParallel(configurations(workspace), async (folder) => {
    await initialise(workspace, folder)
    await validate(workspace, folder)
    const tests = await unitTest(workspace, folder)
    say(`${folder === "." ? "root" : folder}: valid, ${tests} unit tests`)
    return tests
  })
  say(`${passed.length} configurations, ${passed.reduce((sum, tests) => sum + tests, 0)} unit tests`)
}

async function checkPlans(workspace: Workspace): Promise<Finding[]> {
  const sources = readSources(workspace)
  const plans = new Map<string, Plan>()
  const findings = await inParallel(deployments, async (deployment) => {
    const name = Object.values(deployment).join(" ")
    const plan = await planDeployment(workspace, deployment)
    plans.set(name, plan)
    const found = findingsOf(plan, deployment, sources)
    say(`plan ${name}: ${found.length} findings`)
    return found.map((entry) => ({ ...entry, address: `${name}: ${entry.address}` }))
  })
  const bootstrap = await planBootstrap(workspace)
  const inBootstrap = [
    ...bootstrapFindingsOf(bootstrap),
    ...missingRights(plans.get("prod aks sql-and-cosmos") as Plan, bootstrap),
  ]
  say(`plan bootstrap: ${inBootstrap.length} findings`)
  const promotion = checkPromotion(
    environments.map((name) => [name, plans.get(`${name} aks postgres`) as Plan]),
  )
  say(`promotion: ${promotion.length} findings`)
  return [...findings.flat(), ...inBootstrap, ...promotion, ...checkAccessTable(plans, bootstrap)]
}

function checkAccessTable(plans: Map<string, Plan>, bootstrap: Plan): Finding[] {
  const rows = (name: string) => accessRows(plans.get(name) as Plan)
  const text = renderAccess(
    rows("staging flex sql-and-cosmos"),
    rows("staging aks sql-and-cosmos"),
    accessRows(bootstrap),
  )
  if (write) writeAccess(text)
  const current = readAccess() === text
  say(`access table: ${write ? "written" : current ? "up to date" : "out of date"}`)
  return current
    ? []
    : [
        {
          policy: "access table",
          address: "docs/operations/access.md",
          message: "run npm run infra:check -- --write",
        },
      ]
}

async function main(): Promise<void> {
  if (process.argv.includes("--help")) return console.log(USAGE)
  const version = await terraformVersion()
  if (!version) {
    console.log(
      "infra:check: terraform is not on the PATH (https://developer.hashicorp.com/terraform/install)",
    )
    if (process.env.CI) process.exitCode = 1
    else console.log("infra:check: SKIPPED, nothing about infra/terraform was checked")
    return
  }
  say(`terraform ${version}, ${online ? "azurerm from the registry" : "offline provider stand-in"}`)
  const workspace = await openWorkspace({ online })
  try {
    await checkConfigurations(workspace)
    // A plan with the real provider needs a login; that is what `terraform plan` in the pipeline is for.
    const findings = online ? [] : await checkPlans(workspace)
    for (const { policy, address, message } of findings) console.error(`✗ ${policy}: ${address}: ${message}`)
    if (findings.length > 0) throw new Error(`${findings.length} findings`)
    say("all checks passed")
  } finally {
    workspace.close()
  }
}

main().catch((error: Error) => {
  console.error(`infra:check failed: ${error.message}`)
  process.exitCode = 1
})
