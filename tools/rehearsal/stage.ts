// Runs a stage of an expanded pipeline with stand-ins for what is not here: conditions, variables, outputs and scripts as
// Azure DevOps has them.
import { runScript, Variables } from "../pipelines/agent.ts"
import { evaluate, parseExpression } from "../pipelines/expression.ts"
import { holds, type Step, stepsOf } from "../pipelines/runner.ts"
import { scriptsIn } from "../pipelines/scripts.ts"
import type { Value } from "../pipelines/value.ts"

/** What jobs have said, by stage and job: `stageDependencies` of the stages after them. */
export type Outputs = Record<string, Record<string, { outputs: Record<string, string> }>>

export interface StageOptions {
  readonly outputs: Outputs
  /** Whether a stage that this one depends on has failed. */
  readonly failed: boolean
  /** Makes an agent's checkout and says where it is. */
  readonly checkOut: () => string
  /** Folder of programs that stand in front of the machine's own. */
  readonly programs: string
  readonly variables: Readonly<Record<string, string>>
  /** Names of the steps to run; without it all that have a script. */
  readonly only?: readonly string[]
  readonly print: (line: string) => void
}

export type JobResult = "passed" | "failed" | "skipped"

type Names = Record<string, Value>

/** The variables of a stage or a job; `$[ … ]` is worked out. */
function variablesOf(owner: Step, names: Names): Record<string, string> {
  const given = (owner.variables ?? {}) as Record<string, Value>
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const expression = /^\$\[(.*)\]$/s.exec(String(value))?.[1]
      return [
        name,
        expression ? String(evaluate(parseExpression(expression), { names }) ?? "") : String(value),
      ]
    }),
  )
}

async function runJob(
  job: Step,
  given: Record<string, string>,
  options: StageOptions,
): Promise<[JobResult, Variables]> {
  const variables = new Variables(given)
  const cwd = options.checkOut()
  for (const step of stepsOf(job)) {
    const name = typeof step.name === "string" ? step.name : undefined
    const [script] = scriptsIn(step)
    if (!script || (options.only && !options.only.includes(name ?? ""))) continue
    if (!holds(step, false, { variables: variables.asRecord() })) continue
    const inputs = (step.inputs ?? {}) as Record<string, Value>
    const env = Object.entries((step.env ?? {}) as Record<string, Value>).map(
      ([key, value]) => [key, variables.expand(String(value))] as const,
    )
    const code = await runScript({
      script: script.text,
      stepName: name,
      cwd,
      env: { ...Object.fromEntries(env), AZURE_CONNECTION: String(inputs.azureSubscription ?? "") },
      variables,
      path: [options.programs],
      print: (line) => options.print(`      ${line}`),
    })
    if (code !== 0) return ["failed", variables]
  }
  return ["passed", variables]
}

/**
 * Runs the jobs of a stage one after the other.
 * @returns what became of each job, by its name; every job is "skipped" where the stage's condition says so
 */
export async function runStage(stage: Step, options: StageOptions): Promise<Record<string, JobResult>> {
  const { outputs, failed, print } = options
  const names = (variables: Record<string, string>): Names => ({ variables, stageDependencies: outputs })
  const inStage = { ...options.variables, ...variablesOf(stage, names(options.variables)) }
  const results: Record<string, JobResult> = {}
  for (const job of stage.jobs as Step[]) {
    const name = String(job.deployment ?? job.job)
    const inJob = { ...inStage, ...variablesOf(job, names(inStage)) }
    const wanted = [stage, job].every((owner) => holds(owner, failed, names(inJob)))
    if (!wanted) {
      results[name] = "skipped"
      continue
    }
    print(`    ${stage.stage}: ${name}`)
    const [result, variables] = await runJob(job, inJob, options)
    results[name] = result
    outputs[String(stage.stage)] = {
      ...outputs[String(stage.stage)],
      [name]: { outputs: variables.asRecord() },
    }
  }
  return results
}
