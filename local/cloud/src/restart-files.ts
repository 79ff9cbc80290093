import { createHash } from "node:crypto"
import { existsSync, readdirSync, readFileSync, watch } from "node:fs"
import { join, relative } from "node:path"
import { appNames } from "./settings.ts"

const SETTLE_MS = 200

/** What the parts read once, when they start. */
function filesOf(root: string): string[] {
  const under = (folder: string, suffix: string) =>
    existsSync(folder)
      ? readdirSync(folder, { recursive: true, encoding: "utf8" })
          .filter((name) => name.endsWith(suffix))
          .map((name) => join(folder, name))
      : []
  return [
    join(root, "host.json"),
    ...under(join(root, "infra", "service-bus"), ".json"),
    ...under(join(root, "infra", "gateway"), ".json"),
    ...appNames.flatMap((app) => under(join(root, "functions", app, "migrations"), ".sql")),
  ]
}

function contents(root: string): Map<string, string> {
  const digest = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex")
  return new Map(filesOf(root).flatMap((file) => (existsSync(file) ? [[file, digest(file)]] : [])))
}

/**
 * Watches the files that only a restart applies (the functions host reloads the rest): migrations, the broker's
 * entities, the gateway's routes, the common host.json.
 * `changed` is told the paths (from the root on) that differ from what the parts read, once for each difference.
 * Returns how to end the watching.
 */
export function watchRestartFiles(root: string, changed: (files: string[]) => void): () => void {
  let known = contents(root)
  let timer: NodeJS.Timeout | undefined
  const compare = () => {
    const now = contents(root)
    const files = [...new Set([...known.keys(), ...now.keys()])].filter(
      (file) => known.get(file) !== now.get(file),
    )
    known = now
    if (files.length > 0) changed(files.map((file) => relative(root, file)))
  }
  const folders = [
    root,
    join(root, "infra", "service-bus"),
    join(root, "infra", "gateway"),
    ...appNames.map((app) => join(root, "functions", app, "migrations")),
  ]
  const touched = () => {
    clearTimeout(timer)
    // An editor and git write in several steps.
    timer = setTimeout(compare, SETTLE_MS).unref()
  }
  const watchers = folders.filter(existsSync).flatMap((folder) => {
    try {
      // The root is watched for its host.json alone.
      const watcher = watch(folder, { persistent: false, recursive: folder !== root }, touched)
      return [watcher.on("error", () => {})]
    } catch {
      // The system has no more watches: then nobody is told.
      return []
    }
  })
  return () => {
    clearTimeout(timer)
    for (const watcher of watchers) watcher.close()
  }
}
