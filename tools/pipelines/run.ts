/**
 * Runs an app's pipeline on this machine: the scripts of the expanded pipeline, in order, in a copy of the working tree.
 */
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { parse } from "yaml"
import { root as repository } from "../apps.ts"
import { checkOut } from "./checkout.ts"
import { expandFile } from "./expand.ts"
import { readParameters } from "./parameters.ts"
import { pipelinesFolder } from "./pipelines.ts"
import { type Outcome, runPipeline, type Step } from "./runner.ts"
import { PipelineError, readSource } from "./source.ts"
import type { Value } from "./value.ts"
import { findApps } from "./workspace-graph.ts"

const application = ".azure-pipelines/application.yaml"

const usage = (apps: readonly string[]) => `npm run pipeline -- <${apps.join("|")}> [options]
  --set name=value    a parameter of application.yaml or of its profile (repeatable)
  --skip a,b          steps by their name: restore, version, bundle, sbom, lint, test, coverage, …
  --link-modules      use the installed packages instead of \`npm ci\`
  --reason REASON     why the run was started: Manual (default), PullRequest, IndividualCI
  --keep              do not delete the copy
  --help              show this text`

/**
 * An app's pipeline, expanded as Azure would, with some parameters set otherwise.
 * @throws PipelineError that names file and line
 */
export function expandApplication(
  root: string,
  app: string,
  settings: ReadonlyMap<string, string>,
  reason: string,
): Step {
  const file = join(root, pipelinesFolder, `${app}.yaml`)
  const { parameters } = parse(readFileSync(file, "utf8"), { schema: "failsafe" }).extends as {
    parameters: Record<string, Value>
  }
  const declared = new Set(readParameters(readSource(root, application)).map(({ name }) => name))
  const forProfile = { ...(parameters.profileParameters as Record<string, Value>) }
  for (const [name, value] of settings) (declared.has(name) ? parameters : forProfile)[name] = value
  return expandFile(root, application, {
    parameters: { ...parameters, profileParameters: forProfile },
    variables: { "Build.Reason": reason },
  })
}

function report(outcomes: readonly Outcome[], print: (line: string) => void): void {
  const count = (result: Outcome["result"]) => outcomes.filter((outcome) => outcome.result === result).length
  print("")
  for (const { stage, step, result, note } of outcomes) {
    print(`${{ passed: "✔", failed: "✖", skipped: "–" }[result]} ${stage}: ${step} (${note})`)
  }
  print(`${count("passed")} steps passed, ${count("failed")} failed, ${count("skipped")} skipped`)
}

/**
 * The command.
 * @returns what became of each step
 */
export async function runCommand(args: string[], print: (line: string) => void): Promise<Outcome[]> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      set: { type: "string", multiple: true, default: [] },
      skip: { type: "string", default: "" },
      reason: { type: "string", default: "Manual" },
      "link-modules": { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  })
  if (process.platform === "win32") throw new PipelineError("the scripts are for Linux: use WSL")
  const apps = findApps(repository)
  if (values.help) {
    print(usage(apps))
    return []
  }
  const [app, ...others] = positionals
  if (!app || others.length > 0 || !apps.includes(app)) {
    throw new PipelineError(`usage: ${usage(apps)}`)
  }
  const settings = new Map(
    values.set.map((setting) => {
      const at = setting.indexOf("=")
      if (at < 1) throw new PipelineError(`--set needs name=value, not "${setting}"`)
      return [setting.slice(0, at), setting.slice(at + 1)]
    }),
  )
  const document = expandApplication(repository, app, settings, values.reason)
  const linkModules = values["link-modules"]
  const workingCopy = checkOut(repository, { linkModules })
  print(`${app} in ${workingCopy.folder}`)
  try {
    const outcomes = await runPipeline(document, {
      workingCopy,
      skip: new Set(values.skip.split(",")),
      linkModules,
      variables: { "Build.Reason": values.reason },
      print,
    })
    report(outcomes, print)
    return outcomes
  } finally {
    if (!values.keep) workingCopy.close()
  }
}

if (import.meta.main) {
  try {
    const outcomes = await runCommand(process.argv.slice(2), console.log)
    if (outcomes.some(({ result }) => result === "failed")) process.exitCode = 1
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}
