import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { openSqliteStore } from "./sqlite-store.ts"
import type { Instance, Store } from "./store.ts"

let folder: string
let store: Store
const open = () => openSqliteStore(join(folder, "hub.db"), { synchronous: "off" })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "durable-store-"))
  store = open()
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const instance = (id: string, createdAt = 1): Instance => ({
  id,
  executionId: `e-${id}`,
  name: "o",
  version: null,
  status: "Pending",
  input: "1",
  output: null,
  customStatus: null,
  createdAt,
  updatedAt: createdAt,
  parent: { instanceId: "p", executionId: "x", eventId: 3, name: "parent" },
})

test("what was committed is there after a reopen, in order", async () => {
  await store.commit((writer) => {
    writer.createInstance(instance("a"), false)
    writer.appendHistory("a", 0, '{"n":1},{"n":2}')
  })
  const first = await store.commit((writer) => writer.addMessage("a", "m1"))
  await store.commit((writer) => {
    writer.appendHistory("a", 1, '{"n":3}')
    writer.updateInstance({ ...instance("a"), status: "Running", customStatus: "2", updatedAt: 9 })
    writer.addMessage("a", "m2")
  })
  await store.close()
  store = open()
  expect(store.instance("a")).toEqual({
    ...instance("a"),
    status: "Running",
    customStatus: "2",
    updatedAt: 9,
  })
  expect(store.history("a")).toEqual({ events: '{"n":1},{"n":2},{"n":3}', parts: 2 })
  expect(store.messages("a").map(({ body }) => body)).toEqual(["m1", "m2"])
  await store.commit((writer) => writer.deleteMessage(first))
  expect(store.messages("a").map(({ body }) => body)).toEqual(["m2"])
  const third = await store.commit((writer) => writer.addMessage("a", "m3"))
  expect(third).toBeGreaterThan(first + 1)
})

test("a new instance under a known id leaves nothing of the old one", async () => {
  await store.commit((writer) => {
    writer.createInstance(instance("a"), false)
    writer.appendHistory("a", 0, "{}")
    writer.addMessage("a", "old")
  })
  await store.commit((writer) => writer.createInstance({ ...instance("a"), executionId: "new" }, true))
  expect(store.instance("a")?.executionId).toBe("new")
  expect(store.history("a")).toEqual({ events: "", parts: 0 })
  expect(store.messages("a")).toEqual([])
})

test("a group that cannot be written is refused as a whole, the next one is written", async () => {
  await store.commit((writer) => writer.createInstance(instance("a"), false))
  const refused = await Promise.allSettled([
    store.commit((writer) => writer.createInstance(instance("b"), false)),
    store.commit((writer) => writer.createInstance(instance("a"), false)),
  ])
  expect(refused.map(({ status }) => status)).toEqual(["rejected", "rejected"])
  expect(store.instance("b")).toBeUndefined()
  await store.commit((writer) => writer.createInstance(instance("c"), false))
  expect(store.instance("c")).toEqual(instance("c"))
})

test("unfinished instances are found oldest first; lists are paged by creation", async () => {
  await store.commit((writer) => {
    for (const [index, id] of ["c", "a", "b"].entries())
      writer.createInstance(instance(id, 10 - index), false)
    writer.createInstance({ ...instance("done", 1), status: "Completed" }, false)
  })
  expect(store.unfinishedInstances()).toEqual(["b", "a", "c"])
  const first = store.listInstances({ top: 2, statuses: ["Pending"] })
  expect(first.instances.map(({ id }) => id)).toEqual(["b", "a"])
  const second = store.listInstances({
    top: 2,
    statuses: ["Pending"],
    continuationToken: first.continuationToken as string,
  })
  expect(second.instances.map(({ id }) => id)).toEqual(["c"])
  expect(second.continuationToken).toBeUndefined()
  expect(store.listInstances({ top: 9, createdFrom: 9, createdTo: 9 }).instances.map(({ id }) => id)).toEqual(
    ["a"],
  )
  expect(store.listInstances({ top: 9, idPrefix: "do" }).instances.map(({ id }) => id)).toEqual(["done"])
})

test("a task hub of another format is refused with a sentence", async () => {
  await store.close()
  const { DatabaseSync } = await import("node:sqlite")
  const database = new DatabaseSync(join(folder, "hub.db"))
  database.exec("PRAGMA user_version = 99")
  database.close()
  expect(open).toThrow("has format 99; this host reads 1")
  rmSync(join(folder, "hub.db"))
  store = open()
})
