// Runs the scripts of an expanded pipeline here, step by step; what needs Azure or Docker is skipped and named.
import { join } from "node:path"
import { runScript, type ScriptRun, Variables } from "./agent.ts"
import type { WorkingCopy } from "./checkout.ts"
import { evaluate, parseExpression } from "./expression.ts"
import { isTrue } from "./functions.ts"
import type { Value } from "./value.ts"

export type Step = { readonly [key: string]: Value }

export interface Outcome {
  readonly stage: string
  readonly step: string
  readonly result: "passed" | "failed" | "skipped"
  /** Why it was skipped, or how it ended. */
  readonly note: string
}

export interface RunOptions {
  readonly workingCopy: WorkingCopy
  /** Names of steps that are not wanted. */
  readonly skip: ReadonlySet<string>
  readonly linkModules: boolean
  readonly variables: Readonly<Record<string, string>>
  readonly print: (line: string) => void
}

/** What a script calls that is not here, with the reason for skipping it. */
const programs: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/\bdocker \w/, "needs Docker"],
  [/\baz \w/, "needs Azure"],
  [/\bgit push\b/, "pushes to the repository's server"],
  [/_apis\//, "needs Azure DevOps"],
  [/\bcurl --/, "downloads a program"],
  [/\btrivy \w/, "needs Trivy"],
  [/\bdotnet \w/, "needs the .NET SDK"],
]

const tasks: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/^(UseNode|UseDotNet|Cache)@/, "prepares an agent; this machine's programs are used"],
  [/^Publish/, "needs Azure DevOps"],
  [/^SonarQube/, "needs a SonarQube server"],
  [/^Azure/, "needs Azure"],
]

/** Steps with the step whose output they read: where that one is left out, they have nothing to do. */
const inputs: Readonly<Record<string, string>> = { coverage: "test", sbom: "bundle", zip: "bundle" }

/** Why a step cannot run on this machine, or undefined. */
export function whyNotHere(step: Step): string | undefined {
  if ("checkout" in step) return "the working copy is made already"
  if ("download" in step || "publish" in step) return "needs Azure DevOps"
  if (typeof step.task === "string") {
    const task = step.task
    return tasks.find(([pattern]) => pattern.test(task))?.[1] ?? `${task} runs on agents only`
  }
  if (typeof step.bash !== "string") return "is no bash script"
  const script = step.bash
  return programs.find(([pattern]) => pattern.test(script))?.[1]
}

const label = (step: Step): string =>
  String(
    step.displayName ??
      step.task ??
      Object.entries(step)
        .find(([, value]) => typeof value === "string")
        ?.join(" "),
  )

/**
 * Whether the condition of a step, a job or a stage holds after what came before.
 * @param names what the condition may read: `variables`, `stageDependencies`
 */
export function holds(owner: Step, failed: boolean, names: Readonly<Record<string, Value>>): boolean {
  const condition = typeof owner.condition === "string" ? owner.condition : "succeeded()"
  const status = {
    succeeded: () => !failed,
    failed: () => failed,
    succeededOrFailed: () => true,
    always: () => true,
    canceled: () => false,
  }
  return isTrue(evaluate(parseExpression(condition), { names, status }))
}

/** The steps of a job; a deployment job keeps them under its strategy. */
export function stepsOf(job: Step): Step[] {
  const strategy = job.strategy as { runOnce?: { deploy?: { steps?: Step[] } } } | undefined
  return (job.steps as Step[] | undefined) ?? strategy?.runOnce?.deploy?.steps ?? []
}

/**
 * Runs every step of every stage in order.
 * @returns what became of each step
 */
export async function runPipeline(document: Step, options: RunOptions): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  let failed = false
  for (const stage of document.stages as Step[]) {
    for (const job of stage.jobs as Step[]) {
      const context = startJob(options)
      for (const step of stepsOf(job)) {
        const outcome = await runStep(step, { ...options, ...context, stage: String(stage.stage), failed })
        failed ||= outcome.result === "failed"
        outcomes.push(outcome)
      }
    }
  }
  return outcomes
}

interface JobContext {
  readonly path: string[]
  readonly job: Variables
}

function startJob({ workingCopy, variables }: RunOptions): JobContext {
  const { folder, temp, artifacts, commit, branch } = workingCopy
  const job = new Variables({
    "Agent.OS": "Linux",
    "Agent.TempDirectory": temp,
    "Build.ArtifactStagingDirectory": artifacts,
    "Build.BuildId": "0",
    "Build.SourceBranch": `refs/heads/${branch}`,
    "Build.SourceBranchName": branch.split("/").at(-1) as string,
    "Build.SourceVersion": commit,
    "Build.SourcesDirectory": folder,
    "Pipeline.Workspace": temp,
    "System.DefaultWorkingDirectory": folder,
    ...variables,
  })
  return { path: [], job }
}

async function runStep(
  step: Step,
  options: RunOptions & JobContext & { stage: string; failed: boolean },
): Promise<Outcome> {
  const { stage, failed, job, path, skip, linkModules, workingCopy, print } = options
  const name = typeof step.name === "string" ? step.name : undefined
  const finish = (result: Outcome["result"], note: string): Outcome => {
    print(`${{ passed: "✔", failed: "✖", skipped: "–" }[result]} ${label(step)}: ${note}`)
    return { stage, step: job.expand(label(step)), result, note }
  }
  const impossible = whyNotHere(step)
  if (impossible) return finish("skipped", impossible)
  if (name && skip.has(name)) return finish("skipped", "not wanted (--skip)")
  const input = name && inputs[name]
  if (input && skip.has(input)) return finish("skipped", `reads what "${input}" writes (--skip)`)
  if (name === "restore" && linkModules) return finish("skipped", "installed already (--link-modules)")
  if (!holds(step, failed, { variables: job.asRecord() }))
    return finish("skipped", failed ? "a step before it failed" : "its condition")
  print(`▶ ${label(step)}`)
  const started = Date.now()
  const env = Object.entries((step.env ?? {}) as Record<string, Value>).map(
    ([key, value]) => [key, job.expand(String(value))] as const,
  )
  const run: ScriptRun = {
    script: step.bash as string,
    stepName: name,
    cwd: join(workingCopy.folder, job.expand(String(step.workingDirectory ?? "."))),
    env: Object.fromEntries(env),
    variables: job,
    path,
    print: (line) => print(`  ${line}`),
  }
  const code = await runScript(run)
  if (code !== 0) return finish("failed", `exit code ${code}`)
  return finish("passed", `${((Date.now() - started) / 1000).toFixed(1)} s`)
}
