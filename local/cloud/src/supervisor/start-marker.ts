import { execFile } from "node:child_process"
import { readFile } from "node:fs/promises"
import { promisify } from "node:util"

const run = promisify(execFile)

/** Field 22 of /proc/<pid>/stat: start time in clock ticks since boot. The name in field 2 may hold spaces. */
const START_TIME_AFTER_NAME = 19

async function linuxMarker(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8")
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  if (fields[0] === "Z") return undefined
  const bootId = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim()
  return `${bootId}/${fields[START_TIME_AFTER_NAME]}`
}

/**
 * What tells one process from a later one with the same id: the instant at which it started.
 * Returns undefined when there is no such process (or only its zombie).
 */
export async function startMarker(pid: number): Promise<string | undefined> {
  try {
    if (process.platform === "linux") return await linuxMarker(pid)
    if (process.platform === "win32") {
      const script = `(Get-Process -Id ${pid}).StartTime.ToFileTimeUtc()`
      const { stdout } = await run("powershell", ["-NoProfile", "-Command", script])
      return stdout.trim() || undefined
    }
    const { stdout } = await run("ps", ["-o", "lstart=", "-p", String(pid)])
    return stdout.trim() || undefined
  } catch {
    return undefined
  }
}
