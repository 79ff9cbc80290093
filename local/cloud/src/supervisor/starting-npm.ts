import { execFile } from "node:child_process"
import { readFile } from "node:fs/promises"
import { promisify } from "node:util"

const run = promisify(execFile)

/** npm, its shell, the bootstrap script: the command npm runs is not further down than this. */
const MAX_DISTANCE = 4
const POLL_MS = 500

async function describe(pid: number): Promise<{ parent: number; command: string } | undefined> {
  try {
    if (process.platform === "linux") {
      const [stat, command] = await Promise.all([
        readFile(`/proc/${pid}/stat`, "utf8"),
        readFile(`/proc/${pid}/cmdline`, "utf8"),
      ])
      const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
      return { parent: Number(parent), command: command.replaceAll("\0", " ") }
    }
    const { stdout } = await run("ps", ["-o", "ppid=,command=", "-p", String(pid)])
    const [, parent, command = ""] = /^\s*(\d+)\s+(.*)/.exec(stdout) ?? []
    return { parent: Number(parent), command }
  } catch {
    return undefined
  }
}

/** The npm that runs this process as one of its scripts, if one does (and the system lets us see it). */
async function startingNpm(): Promise<number | undefined> {
  if (process.env.npm_lifecycle_event === undefined) return undefined
  let pid = process.ppid
  for (let distance = 1; distance <= MAX_DISTANCE; distance += 1) {
    const found = await describe(pid)
    if (!found) return undefined
    if (/^npm |npm-cli\.js/.test(found.command)) return pid
    pid = found.parent
  }
  return undefined
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

/**
 * Calls `ended` when the npm that started this process is gone. A kill of npm reaches neither the shell that npm
 * starts for a script nor what runs in it; without this the whole stack would go on without an owner.
 */
export async function whenStartingNpmEnds(ended: () => void): Promise<void> {
  const npm = await startingNpm()
  if (npm === undefined) return
  const timer = setInterval(() => {
    if (isAlive(npm)) return
    clearInterval(timer)
    ended()
  }, POLL_MS)
  timer.unref()
}
