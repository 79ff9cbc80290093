import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { startHost } from "../../host.ts"
import { createDurableExtension } from "../extension.ts"
import { fixture } from "../testing/hub.ts"
import { purgeExpired } from "./retention.ts"
import { openSqliteStore } from "./sqlite-store.ts"
import type { Instance, RuntimeStatus, Store } from "./store.ts"

const day = 24 * 60 * 60 * 1000

let stateDir: string
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "durable-retention-"))
})
afterEach(() => rmSync(stateDir, { recursive: true, force: true }))

const open = () => openSqliteStore(join(stateDir, "durable", "DurableFeatures.db"), { synchronous: "off" })

const instance = (id: string, status: RuntimeStatus, updatedAt: number): Instance => ({
  id,
  executionId: id,
  name: "forever",
  version: null,
  status,
  input: null,
  output: null,
  customStatus: null,
  createdAt: 1,
  updatedAt,
  parent: null,
})

async function add(store: Store, given: Instance): Promise<void> {
  await store.commit((writer) => {
    writer.createInstance(given, false)
    writer.appendHistory(given.id, 0, '{"n":1}')
    writer.addMessage(given.id, "m")
  })
}

test("instances that ended more than 30 days ago go with all they had, in batches of 20; others stay", async () => {
  const store = open()
  const now = 100 * day
  const statuses = ["Completed", "Failed", "Terminated"] as const
  for (let index = 0; index < 45; index++) {
    await add(store, instance(`old-${index}`, statuses[index % 3] as RuntimeStatus, now - 30 * day - 1))
  }
  await add(store, instance("young", "Completed", now - 30 * day))
  await add(store, instance("runs", "Running", 1))
  let commits = 0
  const counting: Store = Object.create(store, {
    endedBefore: { value: (time: number, top: number) => store.endedBefore(time, top) },
    commit: {
      value: (write: Parameters<Store["commit"]>[0]) => {
        commits++
        return store.commit(write)
      },
    },
  })
  await purgeExpired(counting, now, new AbortController().signal)
  expect(commits).toBe(3)
  expect(store.listInstances({ top: 100 }).instances.map(({ id }) => id)).toEqual(["runs", "young"])
  expect([store.history("old-0"), store.messages("old-0")]).toEqual([{ events: "", parts: 0 }, []])
  expect([store.history("runs").parts, store.messages("young").length]).toEqual([1, 1])
  await store.close()
})

test("an instance that was started anew meanwhile is not purged", async () => {
  const store = open()
  await add(store, instance("again", "Completed", 1))
  const anew = store.commit((writer) => {
    writer.createInstance(instance("again", "Pending", 2), true)
    writer.appendHistory("again", 0, '{"n":2}')
  })
  await Promise.all([anew, store.commit((writer) => writer.purgeEnded("again"))])
  expect(store.instance("again")?.status).toBe("Pending")
  expect(store.history("again")).toEqual({ events: '{"n":2}', parts: 1 })
  await store.close()
})

test("a host purges when it starts", async () => {
  const before = open()
  await add(before, instance("old", "Completed", Date.now() - 31 * day))
  await add(before, instance("young", "Completed", Date.now() - 29 * day))
  await before.close()
  const host = await startHost({
    scriptRoot: fixture("durable-features"),
    stateDir,
    port: 0,
    extensions: [createDurableExtension()],
  })
  const status = async (id: string) =>
    (await fetch(`${host.baseUrl}/runtime/webhooks/durabletask/instances/${id}`)).status
  while ((await status("old")) !== 404);
  expect(await status("young")).toBe(200)
  await host.stop()
})
