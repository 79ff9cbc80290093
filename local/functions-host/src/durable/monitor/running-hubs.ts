/**
 * Which task hubs run on this machine, and where their hosts listen: a file for each in the user's home, for whoever has
 * only the name of a hub and the connection string of its storage, as the monitor's VS Code extension has.
 */

import { createHash } from "node:crypto"
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"

export type RunningHub = {
  readonly hub: string
  /** `http://localhost:7074`. */
  readonly url: string
  /** System key of the Durable extension. */
  readonly code: string
  /** Where the app's storage is; undefined where it has none. */
  readonly storage: string | undefined
  readonly pid: number
}

const EMULATOR = "http://127.0.0.1:10002/devstoreaccount1"
const folder = (): string => join(homedir(), ".functions-host", "running")

/** The table endpoint of a storage connection string, written as one of two that mean the same. */
export function storageOf(connectionString: string | undefined): string | undefined {
  if (!connectionString) return undefined
  const member = (name: string) => new RegExp(`(?:^|;)${name}=([^;]+)`, "i").exec(connectionString)?.[1]
  if (member("UseDevelopmentStorage")?.toLowerCase() === "true") return EMULATOR
  const suffix = member("EndpointSuffix") ?? "core.windows.net"
  const endpoint = member("TableEndpoint") ?? `https://${member("AccountName")}.table.${suffix}`
  return endpoint.replace("//localhost", "//127.0.0.1").replace(/\/$/, "").toLowerCase()
}

/**
 * Lets others find a hub while this process runs it; a home that cannot be written to is left alone.
 * @param file the hub's own file, which names it
 * @returns what takes it back
 */
export function announceHub(file: string, hub: Omit<RunningHub, "pid">): () => void {
  const name = createHash("sha256").update(file).digest("hex").slice(0, 16)
  const announcement = join(folder(), `${name}.json`)
  try {
    mkdirSync(folder(), { recursive: true, mode: 0o700 })
    writeFileSync(announcement, JSON.stringify({ ...hub, pid: process.pid }), { mode: 0o600 })
  } catch {
    return () => {}
  }
  return () => rmSync(announcement, { force: true })
}

/**
 * The hubs that run with this storage, or with any where none is given. What a killed host left behind is removed.
 * @param storage as `storageOf` writes it
 */
export function runningHubs(storage: string | undefined): RunningHub[] {
  const names = ((): string[] => {
    try {
      return readdirSync(folder())
    } catch {
      return []
    }
  })()
  const hubs = names.flatMap((name) => {
    const file = join(folder(), name)
    try {
      const hub = JSON.parse(readFileSync(file, "utf8")) as RunningHub
      if (isAlive(hub.pid)) return [hub]
      rmSync(file, { force: true })
    } catch {
      // Being written or removed right now.
    }
    return []
  })
  return hubs.filter((hub) => storage === undefined || hub.storage === storage)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}
