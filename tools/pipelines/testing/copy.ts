// A copy of what the generator reads and writes, for tests that plant mistakes in it.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { root as repository } from "../../apps.ts"
import { workspaceFolders } from "../workspace-graph.ts"

export interface Copy {
  readonly root: string
  readonly read: (file: string) => string
  readonly write: (file: string, text: string) => void
  /** Replaces a text that has to be there. */
  readonly replace: (file: string, from: string, to: string) => void
  readonly close: () => void
}

/** Copies .azure-pipelines, what it names elsewhere, and the manifests of the workspace. */
export function copyPipelines(): Copy {
  const root = mkdtempSync(join(tmpdir(), "eshop-pipelines-"))
  const manifests = workspaceFolders(repository).map((folder) => `${folder}/package.json`)
  const others = ["infra/terraform/env", "infra/gitops/apps/base/app"]
  for (const path of [".azure-pipelines", "package.json", ...others, ...manifests]) {
    cpSync(join(repository, path), join(root, path), { recursive: true })
  }
  const read = (file: string) => readFileSync(join(root, file), "utf8")
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return {
    root,
    read,
    write,
    replace: (file, from, to) => {
      const text = read(file)
      if (!text.includes(from)) throw new Error(`${file} has no "${from}"`)
      write(file, text.replace(from, to))
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  }
}
