// A working copy for a local run, as an agent's `checkout` makes one: nothing of the run touches this checkout.
import { execFileSync } from "node:child_process"
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

export interface WorkingCopy {
  readonly folder: string
  /** An agent's other folders. */
  readonly temp: string
  readonly artifacts: string
  readonly commit: string
  readonly branch: string
  close: () => void
}

const git = (root: string, ...args: string[]) =>
  execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 64 << 20 }).trim()

/**
 * Copies what git knows and what is new, changes included; ignored files stay behind.
 * @param linkModules use this checkout's packages instead of installing them
 * @throws Error when the packages to link do not fit the lock file
 */
export function checkOut(root: string, { linkModules }: { linkModules: boolean }): WorkingCopy {
  const base = mkdtempSync(join(tmpdir(), "eshop-pipeline-"))
  const folder = join(base, "s")
  const files = git(root, "ls-files", "--cached", "--others", "--exclude-standard", "-z").split("\0")
  for (const file of new Set(files.filter((name) => name !== "" && existsSync(join(root, name))))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    copyFileSync(join(root, file), join(folder, file))
  }
  if (linkModules) link(root, folder)
  const [temp, artifacts] = ["temp", "a"].map((name) => join(base, name)) as [string, string]
  for (const path of [temp, artifacts]) mkdirSync(path)
  return {
    folder,
    temp,
    artifacts,
    commit: git(root, "rev-parse", "HEAD"),
    branch: git(root, "rev-parse", "--abbrev-ref", "HEAD"),
    close: () => rmSync(base, { recursive: true, force: true }),
  }
}

/** Links what is installed, at the root and in workspaces that need another version than the root has. */
function link(root: string, folder: string): void {
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as { packages: object }
  const installed = Object.keys(lock.packages).flatMap(
    (path) => /^(?:.*?\/)??node_modules(?=\/)/.exec(path)?.[0] ?? [],
  )
  for (const modules of new Set(installed)) {
    symlinkSync(join(root, modules), join(folder, modules), "junction")
  }
}
