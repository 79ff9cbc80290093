// Runs one foreign program (PostgreSQL, Redis) as its child and makes sure that it does not outlive the launcher:
// the launcher holds the other end of this process's stdin. Started as `node guard.ts '<GuardSpec as JSON>'`.
import { execFile, spawn } from "node:child_process"
import { removePidFile, writePidFile } from "./pid-file.ts"

/** What the guard runs and how it ends it. */
export interface GuardSpec {
  file: string
  args: string[]
  /** User and group to run as, where the program refuses root. */
  uid?: number
  stopSignal: NodeJS.Signals
  /** Stops the program where signals do not exist (Windows). */
  stopCommand?: { file: string; args: string[] }
  /** How long the program may take to stop before it is killed, in milliseconds. */
  graceMs: number
  pidFile: string
}

/** What the guard tells the launcher over its IPC channel. */
export type GuardMessage =
  | { type: "started"; pid: number }
  | { type: "exited"; code: number | null; signal: NodeJS.Signals | null }

const spec: GuardSpec = JSON.parse(process.argv[2] ?? "")

function tell(message: GuardMessage, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, sent)
  else sent()
}

const child = spawn(spec.file, spec.args, {
  stdio: ["ignore", "inherit", "inherit"],
  windowsHide: true,
  ...(spec.uid === undefined ? {} : { uid: spec.uid, gid: spec.uid }),
})

let stopping = false
function stop(): void {
  if (stopping) return
  stopping = true
  if (process.platform === "win32" && spec.stopCommand) {
    execFile(spec.stopCommand.file, spec.stopCommand.args, () => {})
  } else child.kill(spec.stopSignal)
  setTimeout(() => child.kill("SIGKILL"), spec.graceMs)
}

child.on("error", (error) => {
  console.error(`cannot run ${spec.file}: ${error.message}`)
  process.exit(1)
})
child.on("exit", async (code, signal) => {
  await removePidFile(spec.pidFile)
  tell({ type: "exited", code, signal }, () => process.exit(code ?? 1))
})
if (child.pid !== undefined) {
  tell({ type: "started", pid: child.pid })
  await writePidFile(spec.pidFile, child.pid, spec.stopSignal)
}

process.stdin.on("end", stop).on("close", stop).on("error", stop).resume()
process.on("SIGTERM", stop)
process.on("SIGINT", stop)
