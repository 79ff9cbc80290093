import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, beforeEach, expect, test } from "vitest"
import { startHost } from "../../host.ts"
import { createDurableExtension } from "../extension.ts"
import { fixture } from "../testing/hub.ts"
import { openSqliteStore } from "./sqlite-store.ts"

let stateDir: string
let child: ChildProcess | undefined

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "durable-lock-"))
})
afterEach(() => {
  child?.kill("SIGKILL")
  rmSync(stateDir, { recursive: true, force: true })
})

const hub = () => join(stateDir, "durable", "DurableFeatures.db")

async function startProcess(): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("../testing/host-process.ts", import.meta.url))
  const started = spawn(process.execPath, [script, fixture("durable-features"), stateDir], {
    stdio: ["pipe", "pipe", "inherit"],
  })
  child = started
  await once(started.stdout as NodeJS.ReadableStream, "data")
  return started
}

const startHere = () =>
  startHost({
    scriptRoot: fixture("durable-features"),
    stateDir,
    port: 0,
    extensions: [createDurableExtension()],
  })

test("a second host on a task hub is refused with a sentence that names the hub and the process", async () => {
  const first = await startProcess()
  await expect(startHere()).rejects.toThrow(
    `The task hub DurableFeatures (${hub()}) is in use by process ${first.pid}, and only one process at a time may have it.`,
  )
  const exited = once(first, "exit")
  first.kill("SIGKILL")
  await exited
  // What a dead process leaves behind does not block.
  const second = await startHere()
  await expect(startHere()).rejects.toThrow(`is in use by process ${process.pid},`)
  await second.stop()
})

test("a task hub that was closed can be opened again", async () => {
  for (let round = 0; round < 2; round++) await openSqliteStore(hub(), { synchronous: "off" }).close()
  expect(readdirSync(join(stateDir, "durable")).toSorted()).toEqual([
    "DurableFeatures.db",
    "DurableFeatures.db.lock",
    "DurableFeatures.db.pid",
  ])
})

test("only the owner may read a task hub, also one that was readable by everybody", async () => {
  mkdirSync(join(stateDir, "durable"), { mode: 0o755 })
  const store = openSqliteStore(hub(), { synchronous: "off" })
  await store.commit((writer) => writer.addMessage("a", "m"))
  const mode = (path: string) => (statSync(path).mode & 0o777).toString(8)
  const modes = readdirSync(join(stateDir, "durable")).map((name) => [
    name,
    mode(join(stateDir, "durable", name)),
  ])
  await store.close()
  expect(mode(join(stateDir, "durable"))).toBe("700")
  expect(Object.fromEntries(modes)).toEqual({
    "DurableFeatures.db": "600",
    "DurableFeatures.db-shm": "600",
    "DurableFeatures.db-wal": "600",
    "DurableFeatures.db.lock": "600",
    "DurableFeatures.db.pid": "600",
  })
})
