import { type ChildProcess, spawn } from "node:child_process"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { GuardMessage, GuardSpec } from "./guard.ts"
import type { PartLog } from "./part-log.ts"
import { removePidFile, writePidFile } from "./pid-file.ts"

/** One of our own Node programs; it ends by itself when its stdin does (exit-with-parent.ts). */
export interface NodeLaunch {
  kind: "node"
  program: string
  args: string[]
  env: NodeJS.ProcessEnv
  /** Modules loaded before the program (`--import`). */
  preload?: string[]
  /** Opens a message channel, for what the launcher tells the part while it runs. */
  channel?: boolean
  /** Told what the part says over that channel. */
  hear?: (message: object) => void
}

/** A foreign program, run under the guard (guard.ts). */
export interface ForeignLaunch {
  kind: "foreign"
  file: string
  args: string[]
  env: NodeJS.ProcessEnv
  uid?: number
  stopSignal: NodeJS.Signals
  stopCommand?: { file: string; args: string[] }
}

export type Launch = NodeLaunch | ForeignLaunch

/** How a process ended. */
export interface Exit {
  code: number | null
  signal: NodeJS.Signals | null
}

const guardProgram = join(dirname(fileURLToPath(import.meta.url)), "guard.ts")
/** The guard answers for its child; it gets this much longer before it is killed itself. */
const GUARD_MARGIN_MS = 1_000
/**
 * Room for new objects before V8 collects them, in MB a half. With V8's own 16 the heaps fill with garbage: after 200
 * orders the ordering host held 353 MB instead of 211, the whole shop 1,080 instead of 859, and was no faster.
 */
const SEMI_SPACE_MB = 4

/** A running process of one part: what is its own and, for a foreign program, the guard around it. */
export class PartProcess {
  readonly exited: Promise<Exit>
  readonly #child: ChildProcess
  readonly #graceMs: number
  readonly #guarded: boolean
  #foreignPid: number | undefined
  #running = true

  constructor(name: string, launch: Launch, log: PartLog, runDirectory: string, graceMs: number) {
    this.#graceMs = graceMs
    this.#guarded = launch.kind === "foreign"
    const args =
      launch.kind === "node"
        ? [
            ...(launch.preload ?? []).flatMap((module) => ["--import", module]),
            launch.program,
            ...launch.args,
          ]
        : [guardProgram, JSON.stringify(guardSpec(name, launch, runDirectory, graceMs))]
    const withChannel = launch.kind === "foreign" || launch.channel === true
    const flags = ["--disable-warning=ExperimentalWarning", `--max-semi-space-size=${SEMI_SPACE_MB}`]
    this.#child = spawn(process.execPath, [...flags, ...args], {
      env: launch.env,
      stdio: withChannel ? ["pipe", "pipe", "pipe", "ipc"] : ["pipe", "pipe", "pipe"],
      // A process group of its own: the terminal's Ctrl-C goes to the launcher alone, which stops in order.
      detached: process.platform !== "win32",
      windowsHide: true,
    })
    const { stdin, stdout, stderr, pid } = this.#child
    stdin?.on("error", () => {})
    if (stdout) log.attach(stdout)
    if (stderr) log.attach(stderr)

    let foreignExit: Exit | undefined
    this.#child.on("message", (message) => {
      if (launch.kind === "node") return launch.hear?.(message as object)
      const told = message as GuardMessage
      if (told.type === "started") this.#foreignPid = told.pid
      else if (told.type === "exited") foreignExit = { code: told.code, signal: told.signal }
    })
    const pidFile = join(runDirectory, `${name}.json`)
    const recorded =
      pid === undefined ? Promise.resolve() : writePidFile(pidFile, pid, "SIGTERM").catch(() => {})
    this.exited = new Promise((resolve) => {
      this.#child.on("error", (error) => {
        log.note(error.message)
        if (pid === undefined) resolve({ code: 1, signal: null })
      })
      this.#child.on("close", async (code, signal) => {
        this.#running = false
        await recorded
        await removePidFile(pidFile)
        resolve(foreignExit ?? { code, signal })
      })
    })
  }

  /** The process that does the work: the foreign program itself, not its guard. */
  get pid(): number | undefined {
    return this.#foreignPid ?? (this.#guarded ? undefined : this.#child.pid)
  }

  /** Sends a signal to the process that does the work. */
  kill(signal: NodeJS.Signals): void {
    if (this.#running && this.pid !== undefined) process.kill(this.pid, signal)
    else this.#child.kill(signal)
  }

  /** Lets the process finish what is under way; after its grace it is killed. Resolves when it is gone. */
  async stop(): Promise<void> {
    if (process.platform === "win32") this.#child.stdin?.end()
    else this.#child.kill("SIGTERM")
    const killAfter = this.#graceMs + (this.#guarded ? GUARD_MARGIN_MS : 0)
    const timer = setTimeout(() => this.killAll(), killAfter)
    await this.exited
    clearTimeout(timer)
  }

  /** Ends the process, and a guard with it, at once. */
  killAll(): void {
    if (!this.#running) return
    this.kill("SIGKILL")
    this.#child.kill("SIGKILL")
  }

  /** Tells the process something over its channel; nothing happens when it is gone. */
  send(message: object): void {
    if (this.#child.connected) this.#child.send(message, () => {})
  }
}

function guardSpec(name: string, launch: ForeignLaunch, runDirectory: string, graceMs: number): GuardSpec {
  return {
    file: launch.file,
    args: launch.args,
    stopSignal: launch.stopSignal,
    graceMs,
    pidFile: join(runDirectory, `${name}.guarded.json`),
    ...(launch.uid === undefined ? {} : { uid: launch.uid }),
    ...(launch.stopCommand ? { stopCommand: launch.stopCommand } : {}),
  }
}
