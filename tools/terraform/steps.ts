import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Plan } from "./plan.ts"
import type { Workspace } from "./workspace.ts"

export const environments = ["dev", "staging", "prod"] as const
export const hostings = ["flex", "aks"] as const
export const orderingStores = ["postgres", "sql-and-cosmos"] as const

export type Deployment = {
  environment: (typeof environments)[number]
  hosting: (typeof hostings)[number]
  orderingStores: (typeof orderingStores)[number]
}

/** Every combination that the one root can be rolled out in. */
export const deployments: Deployment[] = environments.flatMap((environment) =>
  hostings.flatMap((hosting) =>
    orderingStores.map((stores) => ({ environment, hosting, orderingStores: stores })),
  ),
)

/** Thrown when terraform refuses; the message is what terraform printed. */
export class TerraformError extends Error {}

async function must(workspace: Workspace, folder: string, ...args: string[]): Promise<string> {
  const { ok, output } = await workspace.terraform(folder, ...args)
  if (!ok) throw new TerraformError(`terraform ${args[0]} in ${folder}:\n${output.trim()}`)
  return output
}

/** Folders with a configuration of their own: the two roots and every module. */
export function configurations(workspace: Workspace): string[] {
  const modules = readdirSync(join(workspace.dir, "modules")).map((name) => `modules/${name}`)
  return [".", "bootstrap", ...modules.sort()]
}

export const checkFormat = (workspace: Workspace) =>
  must(workspace, ".", "fmt", "-check", "-diff", "-recursive", "-no-color")

export async function initialise(workspace: Workspace, folder: string): Promise<void> {
  const backend = folder === "." ? [] : ["-backend=false"]
  await must(workspace, folder, "init", "-input=false", "-no-color", ...backend)
}

export const validate = (workspace: Workspace, folder: string) =>
  must(workspace, folder, "validate", "-no-color")

/** Runs the mocked unit tests of a configuration; answers how many passed. A configuration without tests is an error. */
export async function unitTest(workspace: Workspace, folder: string): Promise<number> {
  if (!existsSync(join(workspace.dir, folder, "tests/unit")))
    throw new TerraformError(`${folder} has no tests/unit`)
  const output = await must(workspace, folder, "test", "-no-color", "-test-directory=tests/unit")
  const passed = Number(/(\d+) passed, 0 failed/.exec(output)?.[1] ?? 0)
  if (passed === 0) throw new TerraformError(`${folder}: no test ran\n${output}`)
  return passed
}

async function planJson(workspace: Workspace, folder: string, name: string, args: string[]): Promise<Plan> {
  const file = `${name}.plan`
  await must(workspace, folder, "plan", "-input=false", "-no-color", "-lock=false", `-out=${file}`, ...args)
  return JSON.parse(await must(workspace, folder, "show", "-json", file)) as Plan
}

/** Plans the root as `deployment` from nothing. */
export function planDeployment(workspace: Workspace, deployment: Deployment): Promise<Plan> {
  const { environment, hosting, orderingStores } = deployment
  return planJson(workspace, ".", `${environment}-${hosting}-${orderingStores}`, [
    `-var-file=env/${environment}.tfvars`,
    `-var=hosting=${hosting}`,
    `-var=ordering_stores=${orderingStores}`,
  ])
}

export const planBootstrap = (workspace: Workspace) =>
  planJson(workspace, "bootstrap", "bootstrap", ["-var-file=example.tfvars"])

/** The service bus entities, the route table and what the storefront is served by, as the copied files say. */
export function readSources(workspace: Workspace) {
  const read = (path: string) => JSON.parse(readFileSync(join(workspace.dir, "..", path), "utf8"))
  const { services, securityHeaders } = read("gateway/gateway.json")
  const configurations = environments.map((name) => [name, read(`storefront/${name}.json`)])
  return {
    entities: read("service-bus/entities.json"),
    routes: { services, routes: read("gateway/routes.json").routes },
    storefront: {
      ...{ table: read("gateway/storefront.json"), securityHeaders },
      configurations: Object.fromEntries(configurations),
    },
  }
}
