// Follows one image tag from build to production through the pipelines' own scripts: the rights are those that Terraform's
// plans give, the git server, the registries and the clusters are stand-ins.
import {
  chmodSync,
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { apps, root } from "../apps.ts"
import { type Environments, readEnvironments } from "../pipelines/environments.ts"
import { expandFile } from "../pipelines/expand.ts"
import { expandApplication } from "../pipelines/run.ts"
import type { Step } from "../pipelines/runner.ts"
import { type Plan, resourcesOf } from "../terraform/plan.ts"
import type { Cloud } from "./cloud.ts"
import { type GitServer, git, startGitServer } from "./pull-requests.ts"
import { type JobResult, type Outputs, runStage } from "./stage.ts"

type Environment = Environments["environments"][number]

/** The app whose image is followed. */
const app = "catalog"

/** What the plan of an environment says of its registry and its cluster, with pipelines called by their service connections. */
function cloudOf(
  repository: string,
  environments: readonly Environment[],
  plans: ReadonlyMap<string, Plan>,
): Cloud {
  const planOf = ({ terraform = "" }: Environment) => plans.get(terraform) as Plan
  const principalOf = (environment: Environment) =>
    (planOf(environment).variables?.pipeline?.value as { principal_id?: string } | undefined)?.principal_id
  const connections = new Map(environments.map((each) => [principalOf(each), each.serviceConnection ?? ""]))
  const cloud: Cloud = { git: repository, registries: {}, clusters: {} }
  for (const environment of environments) {
    const resources = resourcesOf(planOf(environment))
    const valuesOf = (type: string) => resources.find((resource) => resource.type === type)?.values ?? {}
    const rights = (grants: RegExp) => {
      const found: Record<string, string[]> = {}
      for (const { type, index, values } of resources) {
        const connection = connections.get(values.principal_id as string)
        if (type === "azurerm_role_assignment" && connection && grants.test(String(index)))
          found[connection] = [...(found[connection] ?? []), String(values.role_definition_name)]
      }
      return found
    }
    const registry = valuesOf("azurerm_container_registry")
    const cluster = valuesOf("azurerm_kubernetes_cluster")
    cloud.registries[String(registry.name)] = {
      rights: rights(/pipeline-images$/),
      admitsRegistries: registry.network_rule_bypass_option === "AzureServices",
    }
    cloud.clusters[environment.resourceGroup ?? ""] = {
      name: String(cluster.name),
      overlay: environment.overlay ?? "",
      registry: String(registry.name),
      rights: rights(/pipeline-deployments$/),
      runCommand: cluster.run_command_enabled === true,
    }
  }
  return cloud
}

/** Puts the stand-ins into a folder for the front of PATH. */
function installPrograms(base: string): string {
  const folder = join(base, "bin")
  mkdirSync(folder)
  for (const program of ["az", "docker", "trivy", "sleep"]) {
    const file = join(folder, program)
    const script = join(import.meta.dirname, "cloud.ts")
    const body = program === "sleep" ? "exit 0" : `exec '${process.execPath}' '${script}' ${program} "$@"`
    writeFileSync(file, `#!/bin/sh\n${body}\n`)
    chmodSync(file, 0o755)
  }
  return folder
}

/** What the scripts read of the repository. */
const read = [`functions/${app}/package.json`, "infra/containers", "infra/gitops", "package.json"]

/** Of a build's steps those that name, make and publish the image; `npm run pipeline` runs the others. */
const imageSteps = ["version", "image", "scan", "push"]

const otherApps: ReadonlySet<string> = new Set(apps.filter((name) => name !== app))
const isOurs = ({ job, deployment }: Step) => !otherApps.has(String(job ?? deployment))

export interface Rehearsal {
  readonly git: GitServer
  /** Runs a pipeline; answers what became of the app's job in each stage. */
  run: (pipeline: Step) => Promise<Record<string, JobResult>>
  /** What a file of main says. */
  show: (path: string) => string
  /** What was asked of the stand-ins, each with the service connection that asked. */
  calls: () => string[]
  /** The registries that hold an image of the app. */
  registries: () => string[]
  close: () => void
}

/**
 * Sets the stage up: what the scripts read of the repository, as it is here, empty registries, clusters with the tags that git has.
 * @param plans one for each environment, with hosting = "aks", by Terraform's name of it
 */
export async function openRehearsal(
  plans: ReadonlyMap<string, Plan>,
  print: (line: string) => void,
): Promise<Rehearsal> {
  const base = mkdtempSync(join(tmpdir(), "eshop-rehearsal-"))
  const sources = join(base, "sources")
  for (const path of read) cpSync(join(root, path), join(sources, path), { recursive: true })
  const server = await startGitServer(base, sources)
  const { environments } = readEnvironments(root)
  writeFileSync(join(base, "cloud.json"), JSON.stringify(cloudOf(server.folder, environments, plans)))
  const programs = installPrograms(base)
  const variables = {
    ...server.variables,
    REHEARSAL: base,
    "Build.Reason": "IndividualCI",
    "Build.SourceBranch": "refs/heads/main",
    "Build.SourceBranchName": "main",
    "Build.BuildId": "4711",
    "Build.SourceVersion": "1a2b3c4d5e6f",
  }
  async function run(pipeline: Step): Promise<Record<string, JobResult>> {
    const outputs: Outputs = {}
    const results: Record<string, JobResult> = {}
    for (const stage of pipeline.stages as Step[]) {
      const name = String(stage.stage)
      const jobs = (stage.jobs as Step[]).filter(isOurs)
      const failed = [stage.dependsOn].flat().some((before) => results[String(before)] === "failed")
      const only = name === "build" ? imageSteps : undefined
      const checkOut = () => server.clone("agent")
      const options = { outputs, failed, checkOut, programs, variables, print, ...(only ? { only } : {}) }
      const [result = "skipped"] = Object.values(await runStage({ ...stage, jobs }, options))
      results[name] = result
    }
    return results
  }
  return {
    git: server,
    run,
    show: (path) => git(base, "--git-dir", server.folder, "show", `main:${path}`),
    calls: () => readFileSync(join(base, "calls"), "utf8").trimEnd().split("\n"),
    registries: () => globSync(`registries/*/eshop/${app}:*`, { cwd: base }).toSorted(),
    close: () => {
      server.close()
      rmSync(base, { recursive: true, force: true })
    },
  }
}

const onMain = { variables: { "Build.Reason": "IndividualCI" } }

/** The pipelines, expanded for a change on main with the apps on Kubernetes. */
export const build = () => expandApplication(root, app, new Map([["hosting", "aks"]]), "IndividualCI")
export const promotion = () => expandFile(root, ".azure-pipelines/pipelines/promotion.yaml", onMain)

/** The tag that an environment's overlay has on main. */
const tagOf = ({ show }: Rehearsal, overlay: string) =>
  /^ {2}tag: ([^ #\n]+)/m.exec(show(`infra/gitops/apps/overlays/${overlay}/${app}/values.yaml`))?.[1]

/**
 * The walk: build, dev, and for each further environment health, copy, pull request, merge.
 * @returns the tag
 * @throws Error for the first thing that is not as it must be
 */
export async function followTag(rehearsal: Rehearsal, print: (line: string) => void): Promise<string> {
  const { run, git: server } = rehearsal
  function see(what: string, found: unknown, wanted: unknown): void {
    const [is, must] = [found, wanted].map((value) => JSON.stringify(value))
    if (is !== must) throw new Error(`${what}: it is ${is}, it must be ${must}`)
    print(`  ✔ ${what}`)
  }
  const tags = () => ["dev", "staging", "production"].map((overlay) => tagOf(rehearsal, overlay))
  const [old] = tags()
  print("A change of main is built")
  see("the image is pushed, its tag is in dev's overlay", await run(build()), {
    build: "passed",
    dev: "passed",
  })
  const tag = tags()[0] ?? ""
  see("no other environment has it", tags(), [tag, old, old])
  print("The promotion runs: dev has another tag than staging")
  const toStaging = {
    healthy_dev: "passed",
    staging: "passed",
    healthy_staging: "passed",
    production: "skipped",
  }
  see("dev is healthy, staging is proposed, production waits", await run(promotion()), toStaging)
  see("one pull request is open", server.open(), [`Roll out ${app} ${tag} to staging`])
  see("nothing has moved before a person's merge", tags(), [tag, old, old])
  server.merge()
  print("Somebody has merged; the promotion runs again")
  const toProduction = {
    healthy_dev: "passed",
    staging: "skipped",
    healthy_staging: "passed",
    production: "passed",
  }
  see("staging is healthy, production is proposed", await run(promotion()), toProduction)
  see("one pull request is open", server.open(), [`Roll out ${app} ${tag} to production`])
  server.merge()
  print("Somebody has merged; the promotion runs once more")
  const done = { healthy_dev: "passed", staging: "skipped", healthy_staging: "passed", production: "skipped" }
  see("there is nothing left to do", await run(promotion()), done)
  see("every environment has the tag", tags(), [tag, tag, tag])
  see("every registry has the image, once", rehearsal.registries().length, 3)
  return tag
}
