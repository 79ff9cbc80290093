/**
 * One process at a time may have a task hub: two engines on one hub would run every step twice. The lock is one of
 * the operating system (through SQLite, which has it on every platform), so it ends with its process, however that
 * ends. The process id lies beside it, for the sentence that the second process fails with.
 */

import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { basename } from "node:path"
import { DatabaseSync } from "node:sqlite"

/**
 * Locks the task hub in `file`; the function that is returned lets it go.
 * @throws an error that names the hub and the process that has it
 */
export function lockHub(file: string): () => void {
  const holderFile = `${file}.pid`
  const lock = new DatabaseSync(`${file}.lock`)
  try {
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE")
  } catch (error) {
    lock.close()
    if (!/database is locked/.test((error as Error).message)) throw error
    throw new Error(
      `The task hub ${basename(file, ".db")} (${file}) is in use by ${holder(holderFile)}, and only one process at a time may have it. End that process, or give this host another state folder or another hubName in host.json.`,
    )
  }
  chmodSync(`${file}.lock`, 0o600)
  writeFileSync(holderFile, String(process.pid), { mode: 0o600 })
  return () => lock.close()
}

function holder(file: string): string {
  try {
    return `process ${readFileSync(file, "utf8")}`
  } catch {
    return "another process"
  }
}
