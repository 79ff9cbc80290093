import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises"
import { basename, dirname, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { startMarker } from "./start-marker.ts"

/** A process that a launcher started, as the next launcher finds it. */
interface PidRecord {
  pid: number
  marker: string
  stopSignal: NodeJS.Signals
}

const SURVIVOR_GRACE_MS = 5_000
const POLL_MS = 25

/** Records a running process so that a later start can end it, should it outlive its launcher. */
export async function writePidFile(file: string, pid: number, stopSignal: NodeJS.Signals): Promise<void> {
  const marker = await startMarker(pid)
  if (!marker) return
  const record: PidRecord = { pid, marker, stopSignal }
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, JSON.stringify(record))
  await rename(`${file}.new`, file)
}

export async function removePidFile(file: string): Promise<void> {
  await rm(file, { force: true })
}

/** Sends a signal to a process that may be gone meanwhile. */
export function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error
  }
}

/**
 * Ends a process gracefully, then by force, and waits until it is gone.
 * `marker` guards against a recycled process id: another process is never touched.
 */
export async function endProcess(
  pid: number,
  marker: string,
  stopSignal: NodeJS.Signals,
  graceMs = SURVIVOR_GRACE_MS,
): Promise<boolean> {
  if ((await startMarker(pid)) !== marker) return false
  sendSignal(pid, stopSignal)
  const deadline = Date.now() + graceMs
  while ((await startMarker(pid)) === marker) {
    if (Date.now() > deadline) sendSignal(pid, "SIGKILL")
    await sleep(POLL_MS)
  }
  return true
}

async function endRecorded(file: string): Promise<string | undefined> {
  let record: PidRecord
  try {
    record = JSON.parse(await readFile(file, "utf8"))
  } catch {
    await removePidFile(file)
    return undefined
  }
  const ended = await endProcess(record.pid, record.marker, record.stopSignal)
  await removePidFile(file)
  return ended ? `${basename(file, ".json")} (pid ${record.pid})` : undefined
}

/**
 * Ends whatever an earlier launcher left running, judging by its pid files.
 * `only` limits it to the files of one part. Returns what was ended, for the terminal.
 */
export async function endSurvivors(directory: string, only?: string): Promise<string[]> {
  let names: string[]
  try {
    names = await readdir(directory)
  } catch {
    return []
  }
  const files = names.filter((name) => name.endsWith(".json") && (!only || name.split(".")[0] === only))
  const ended = await Promise.all(files.map((name) => endRecorded(join(directory, name))))
  return ended.filter((description) => description !== undefined)
}
