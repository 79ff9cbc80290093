// A script of a template, run as an agent runs it, for tests of what it does.
import { root } from "../../apps.ts"
import { runScript, Variables } from "../agent.ts"
import { expandFile } from "../expand.ts"
import { scriptsIn } from "../scripts.ts"
import type { Value } from "../value.ts"

interface Surroundings {
  readonly cwd: string
  readonly variables?: Record<string, string>
  /** What the task does before the script. */
  readonly before?: string
}

/**
 * Takes a step out of an expanded template and runs it.
 * @returns exit code, output, and the variables that it set
 */
export async function runStepOf(
  template: string,
  step: string,
  parameters: Record<string, Value>,
  { cwd, variables = {}, before = "" }: Surroundings,
): Promise<{ code: number; output: string; variables: Variables }> {
  type Steps = { steps: Record<string, Value>[] }
  const expanded = expandFile(root, template, { parameters }) as Steps & { jobs?: [Steps] }
  const { steps } = expanded.jobs?.[0] ?? expanded
  const found = steps.find(({ name }) => name === step)
  const [script] = found ? scriptsIn(found) : []
  if (!found || !script) throw new Error(`${template} has no script called ${step}`)
  const job = new Variables(variables)
  const lines: string[] = []
  const env = Object.entries((found.env ?? {}) as Record<string, Value>)
  const code = await runScript({
    script: before + script.text,
    stepName: step,
    cwd,
    env: Object.fromEntries(env.map(([name, value]) => [name, job.expand(String(value))])),
    variables: job,
    path: [],
    print: (line) => lines.push(line),
  })
  return { code, output: lines.join("\n"), variables: job }
}
