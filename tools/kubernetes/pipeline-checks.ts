// What the pipelines write and open, held against what Terraform lets Flux follow.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { type Plan, resourcesOf, valuesAt } from "../terraform/plan.ts"
import type { Environment } from "./helm.ts"

/** The git repository, branch and folder that Terraform tells Flux. */
function fluxOf(plan: Plan) {
  const found = resourcesOf(plan).find(({ type }) => type === "azurerm_kubernetes_flux_configuration")
  const one = (path: string) => String(valuesAt(found?.values, path)[0])
  return {
    url: one("git_repository.url"),
    branch: one("git_repository.reference_value"),
    path: one("kustomizations.path"),
  }
}

/** The hosts whose pull requests a script can open, by what it calls. */
const pullRequestApis: [call: string, host: RegExp][] = [
  ["/_apis/git/", /^(dev\.azure\.com|ssh\.dev\.azure\.com|[\w-]+\.visualstudio\.com)$/],
  ["api.github.com", /^github\.com$/],
]

const update = ".azure-pipelines/templates/functions-node/gitops-update.yaml"
const steps = ".azure-pipelines/steps/gitops-update.yaml"
const healthy = ".azure-pipelines/steps/healthy.yaml"

/**
 * Checks that Flux follows the host, the branch and the folder into which the pipelines promote, and that the cluster
 * answers when they ask whether a release is healthy.
 */
export function deliveryProblems(repository: string, environment: Environment, plan: Plan): string[] {
  const read = (file: string) => readFileSync(join(repository, file), "utf8")
  const flux = fluxOf(plan)
  const branch = /name: branch\n.*\n.*\n\s+default: (\S+)/.exec(read(update))?.[1]
  const folder = `infra/gitops/clusters/${environment}`
  const { hostname } = new URL(flux.url)
  const [cluster] = resourcesOf(plan).filter(({ type }) => type === "azurerm_kubernetes_cluster")
  const asks = read(healthy).includes("az aks command invoke")
  return [
    ...(asks && cluster?.values.run_command_enabled === false
      ? ["the pipelines ask the cluster by its run command, which Terraform switches off"]
      : []),
    ...(branch === flux.branch ? [] : [`the pipelines write to ${branch}, Flux follows ${flux.branch}`]),
    ...(folder === flux.path ? [] : [`the cluster's folder is ${folder}, Flux follows ${flux.path}`]),
    ...pullRequestApis
      .filter(([call, host]) => read(steps).includes(call) && !host.test(hostname))
      .map(([call]) => `pull requests are opened by ${call}, Flux follows ${hostname}`),
  ]
}
