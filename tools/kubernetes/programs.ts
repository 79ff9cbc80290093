import { execFileSync, type SpawnSyncReturns, spawnSync } from "node:child_process"

/** What a check needs and a machine may lack. */
export interface Program {
  name: string
  /** How to get it, in one line. */
  install: string
}

export const kubectl: Program = {
  name: "kubectl",
  install: "install kubectl 1.29 or later (https://kubernetes.io/docs/tasks/tools)",
}
export const go: Program = {
  name: "go",
  install: "on Debian: apt-get install golang-go golang-github-masterminds-sprig-dev",
}

/**
 * Why a program cannot be used here, or undefined when it can. In CI a missing program is a failure, so this
 * throws there: a check that never runs must not look green.
 */
export function whyMissing(program: Program, versionArguments: string[] = ["version"]): string | undefined {
  const found = spawnSync(program.name, versionArguments, { stdio: "ignore" })
  // kubectl's version command asks the cluster and may fail for that reason: only "not found" counts.
  if ((found.error as NodeJS.ErrnoException | undefined)?.code !== "ENOENT") return undefined
  const reason = `${program.name} is missing: ${program.install}`
  if (process.env.CI === "true") throw new Error(reason)
  return reason
}

/**
 * Runs a program to its end.
 * @returns standard output
 * @throws Error with what it wrote to standard error
 */
export function run(command: string, args: string[], env: Record<string, string> = {}, cwd?: string): string {
  try {
    return execFileSync(command, args, {
      encoding: "utf8",
      env: { ...process.env, ...env },
      cwd,
      maxBuffer: 64 << 20,
      stdio: ["ignore", "pipe", "pipe"],
    })
  } catch (error) {
    const { stderr } = error as SpawnSyncReturns<string>
    throw new Error(stderr?.trim() || (error as Error).message)
  }
}
