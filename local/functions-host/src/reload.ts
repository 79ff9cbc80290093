/** Watches the files that the app loaded and those that the host reads, and reloads the app when one changes. */
import { type FSWatcher, watch } from "node:fs"
import { dirname, sep } from "node:path"
import type { HostOutput } from "./output.ts"

export type Reloader = {
  /** Adds files to the watched ones. */
  watch(files: readonly string[]): void
  close(): void
}

/** Editors write a file in several steps: changes within this time (ms) make one reload. */
const settleMs = 100

export function createReloader(options: {
  scriptRoot: string
  /** Absolute paths of the files that the host itself reads; they need not exist. */
  configurationFiles: readonly string[]
  enabled: boolean
  output: HostOutput
  reload(): Promise<void>
}): Reloader {
  const { scriptRoot, output } = options
  const watchers = new Map<string, FSWatcher>()
  const files = new Set(options.configurationFiles)
  const sourceFolders = new Set([scriptRoot])
  let timer: NodeJS.Timeout | undefined
  let closed = false
  let lastChanged = ""

  const run = oneAtATime(async () => {
    if (closed) return
    const started = performance.now()
    try {
      await options.reload()
      output.notice("Host.Reload", `Reloaded in ${Math.round(performance.now() - started)} ms.`)
    } catch (error) {
      output.write(
        "error",
        "Host.Reload",
        `The change of ${lastChanged} could not be loaded, the version before it keeps running: ` +
          (error as Error).stack,
      )
    }
  })

  const changed = (file: string) => {
    clearTimeout(timer)
    lastChanged = file
    timer = setTimeout(() => {
      output.write("information", "Host.Reload", `${file} changed: reloading the app.`)
      void run()
    }, settleMs)
  }

  // A new source file beside a loaded one may be a new entry point; of other files only the known ones matter.
  const isRelevant = (file: string) =>
    files.has(file) || (sourceFolders.has(dirname(file)) && /\.[cm]?[jt]s$/.test(file))

  const watchFolder = (folder: string) => {
    if (watchers.has(folder)) return
    const watcher = watchNames(folder, (name) => {
      const file = `${folder}${sep}${name}`
      if (isRelevant(file)) changed(file)
    })
    if (watcher) watchers.set(folder, watcher)
  }

  if (options.enabled) for (const folder of [scriptRoot, ...[...files].map(dirname)]) watchFolder(folder)
  return {
    watch(loaded) {
      if (!options.enabled || closed) return
      for (const file of loaded) {
        files.add(file)
        sourceFolders.add(dirname(file))
        watchFolder(dirname(file))
      }
    },
    close() {
      closed = true
      clearTimeout(timer)
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}

/** Runs at most once at a time; when asked meanwhile, once more afterwards. */
function oneAtATime(run: () => Promise<void>): () => Promise<void> {
  let running = false
  let again = false
  return async () => {
    again = true
    if (running) return
    running = true
    while (again) {
      again = false
      await run()
    }
    running = false
  }
}

/** Watches the entries of a folder; one that is gone is watched again when a file in it is loaded. */
function watchNames(folder: string, onChange: (name: string) => void): FSWatcher | undefined {
  try {
    const watcher = watch(folder, { persistent: false }, (_event, name) => name && onChange(name))
    return watcher.on("error", () => {})
  } catch {
    return undefined
  }
}
