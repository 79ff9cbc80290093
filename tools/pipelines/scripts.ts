// The inline scripts of an expanded pipeline: where they are, the rules for them, and shellcheck.
import { spawnSync } from "node:child_process"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { whyMissing } from "../kubernetes/programs.ts"
import type { Value } from "./value.ts"

export interface Script {
  /** What the step is called. */
  readonly step: string
  readonly text: string
}

type Mapping = { [key: string]: Value }
const isMapping = (value: Value | undefined): value is Mapping =>
  value !== null && typeof value === "object" && !Array.isArray(value)

/** The inline script of a step and how it is written, or undefined. */
function scriptOf(step: Mapping): string | undefined {
  for (const key of ["bash", "script"]) if (typeof step[key] === "string") return step[key]
  if (!isMapping(step.inputs)) return undefined
  const { script, inlineScript } = step.inputs
  const text = inlineScript ?? script
  return typeof text === "string" ? text : undefined
}

/** All inline scripts below a value, in order. */
export function scriptsIn(value: Value): Script[] {
  if (Array.isArray(value)) return value.flatMap(scriptsIn)
  if (!isMapping(value)) return []
  const text = scriptOf(value)
  if (!text) return Object.values(value).flatMap(scriptsIn)
  return [{ step: String(value.displayName ?? value.name ?? "script"), text }]
}

/**
 * Rules that shellcheck does not know. Values reach a script through its environment alone: `$(macro)` and `${{ }}` in the
 * text would let a branch name or a commit message become code.
 */
export function scriptProblems({ step, text }: Script): string[] {
  const problems: string[] = []
  if (!text.startsWith("set -euo pipefail\n")) problems.push(`does not begin with "set -euo pipefail"`)
  for (const [macro] of text.matchAll(/(?<!\\)\$\([A-Za-z_][\w.]*\)|\$\{\{[\s\S]*?\}\}/g)) {
    problems.push(`has ${macro} in its text: pass it by env`)
  }
  return problems.map((problem) => `${step}: ${problem}`)
}

/** Why shellcheck cannot be used here, or undefined. In CI its absence is an error. */
export const whyNoShellcheck = (): string | undefined =>
  whyMissing({ name: "shellcheck", install: "on Debian, apt-get install shellcheck" }, ["--version"])

interface Finding {
  readonly file: string
  readonly line: number
  readonly code: number
  readonly message: string
}

// SC2154: a variable that nobody sets may be one of Azure's (BUILD_SOURCEVERSION) or of the step's env.
const exclude = "SC2154"

/** What shellcheck finds in the scripts. */
export function shellcheck(scripts: readonly Script[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), "eshop-shellcheck-"))
  try {
    const steps = new Map(
      scripts.map(({ step, text }, index) => {
        const file = join(folder, `${index}.sh`)
        writeFileSync(file, text)
        return [file, step]
      }),
    )
    const options = ["--shell=bash", "--severity=style", `--exclude=${exclude}`, "--format=json"]
    const { status, stdout, stderr } = spawnSync("shellcheck", [...options, ...steps.keys()], {
      encoding: "utf8",
    })
    // Exit code 1: there are findings.
    if (status !== 0 && status !== 1) throw new Error(`shellcheck: ${stderr}`)
    return (JSON.parse(stdout) as Finding[]).map(
      ({ file, line, code, message }) =>
        `${steps.get(file)}: line ${line} of the script: ${message} (SC${code})`,
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
