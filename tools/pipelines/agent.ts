// What an agent of Azure Pipelines does around a script: variables, macros, and the commands that a script prints.
// https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands
import { spawn } from "node:child_process"
import { once } from "node:events"
import { delimiter } from "node:path"
import { createInterface } from "node:readline"

/** Variables of a job. Names are compared without case, as Azure does. */
export class Variables {
  private readonly values = new Map<string, { name: string; value: string }>()

  constructor(initial: Readonly<Record<string, string>>) {
    for (const [name, value] of Object.entries(initial)) this.set(name, value)
  }

  set(name: string, value: string): void {
    this.values.set(name.toLowerCase(), { name, value })
  }

  get(name: string): string | undefined {
    return this.values.get(name.toLowerCase())?.value
  }

  /** As a script sees them: `Build.SourceVersion` is BUILD_SOURCEVERSION. */
  environment(): Record<string, string> {
    return Object.fromEntries(
      [...this.values.values()].map(({ name, value }) => [name.replace(/[. ]/g, "_").toUpperCase(), value]),
    )
  }

  asRecord(): Record<string, string> {
    return Object.fromEntries([...this.values.values()].map(({ name, value }) => [name, value]))
  }

  /** Replaces `$(name)`; as in Azure an unknown name stays as it is. */
  expand(text: string): string {
    return text.replace(/\$\(([A-Za-z_][\w.]*)\)/g, (macro, name) => this.get(name) ?? macro)
  }
}

export interface ScriptRun {
  readonly script: string
  readonly stepName: string | undefined
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly variables: Variables
  /** Folders that earlier steps put in front of PATH; a script may add to them. */
  readonly path: string[]
  readonly print: (line: string) => void
}

/** The machine's environment without what an agent would not have: traces of npm and of a test run. */
function machine(): NodeJS.ProcessEnv {
  const foreign = /^(npm_|vitest|node_env$|node_options$|node_v8_coverage$|init_cwd$|test$|dev$|prod$|mode$)/i
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)))
}

/** Carries out a logging command; what only Azure DevOps can show is left as text. */
function obey(line: string, { stepName, variables, path, print }: ScriptRun): void {
  const [, command = "", properties = "", value = ""] = /^##vso\[([\w.]+)\s*([^\]]*)\](.*)$/.exec(line) ?? []
  const property = (name: string) => new RegExp(`(?:^|;)${name}=([^;]*)`, "i").exec(properties)?.[1]
  const variable = property("variable")
  if (command === "task.setvariable" && variable) {
    variables.set(variable, value)
    if (property("isOutput") === "true" && stepName) variables.set(`${stepName}.${variable}`, value)
  } else if (command === "task.prependpath") path.unshift(value)
  else if (command === "task.logissue") print(`${property("type") ?? "issue"}: ${value}`)
  else print(line)
}

/**
 * Runs a script as `bash` runs it on an agent.
 * @returns its exit code
 */
export async function runScript(run: ScriptRun): Promise<number> {
  const inherited = machine()
  const child = spawn("bash", ["--noprofile", "--norc", "-c", run.script], {
    cwd: run.cwd,
    env: {
      ...inherited,
      ...run.variables.environment(),
      ...run.env,
      PATH: [...run.path, inherited.PATH].join(delimiter),
    },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const printed = [child.stdout, child.stderr].map((stream) => {
    const lines = createInterface({ input: stream })
    lines.on("line", (line) => {
      if (line.startsWith("##vso[")) obey(line, run)
      else run.print(line)
    })
    return once(lines, "close")
  })
  const ended = new Promise<number>((resolve, reject) => {
    child.on("error", reject)
    child.on("close", (code) => resolve(code ?? 1))
  })
  // The process may be gone before its last line is read.
  const [code] = await Promise.all([ended, ...printed])
  return code
}
