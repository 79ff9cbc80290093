import { TableClient } from "@azure/data-tables"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startParts } from "../../../../../tests/fixtures/local-parts.ts"
import { DependencyUnavailableError } from "../../failure.ts"
import { newId } from "../../ids.ts"
import { tableStorage } from "./table-storage.ts"
import { tableStore } from "./table-store.ts"

let cloud: Cloud
beforeAll(async () => {
  cloud = await startParts(["storage"])
})
afterAll(() => cloud?.stop())

const broker = { publish: async () => {}, close: async () => {} }
const storage = (connectionString = cloud.connections.storage) => tableStorage({ connectionString }, "things")
/** What is stored, past the store. */
const table = () =>
  TableClient.fromConnectionString(cloud.connections.storage, "things", { allowInsecureConnection: true })

async function entitiesOf(prefix: string) {
  const found = []
  for await (const entity of table().listEntities())
    if (entity.partitionKey?.startsWith(prefix)) found.push(entity)
  return found
}

test("an effect comes before the record of its message: who dies in between has it again", async () => {
  const store = tableStore(storage(), broker)
  const id = newId()
  let effects = 0
  const handle = (dies: boolean) =>
    store.unitOfWork.transaction(async (tx) => {
      if (!(await store.inbox.claim(tx, "s", id))) return
      effects++
      if (dies) throw new Error("killed")
    })
  await expect(handle(true)).rejects.toThrow("killed")
  await handle(false)
  await handle(false)
  expect(effects).toBe(2)
})

test("old keys and message ids are forgotten, young ones kept", async () => {
  const store = tableStore(storage(), broker)
  const ago = (days: number) => new Date(Date.now() - days * 86_400_000)
  for (const entity of await entitiesOf("inbox-"))
    await table().deleteEntity(entity.partitionKey as string, entity.rowKey as string)
  const add = (partitionKey: string, rowKey: string, times: object) =>
    table().createEntity({ partitionKey, rowKey, ...times })
  await add("inbox-00", "old", { handledAt: ago(16) })
  await add("inbox-ff", "young", { handledAt: ago(14) })
  await add("request-00", "old", { createdAt: ago(1.1), hash: "h" })
  await add("request-ff", "young", { createdAt: ago(0.9), hash: "h" })
  await add("inboxes", "another's", { handledAt: ago(100), createdAt: ago(100) })
  await store.forgetOld()
  expect((await entitiesOf("inbox-")).map(({ rowKey }) => rowKey)).toEqual(["young"])
  expect((await entitiesOf("request-")).map(({ rowKey }) => rowKey)).toEqual(["young"])
  expect(await entitiesOf("inboxes")).toHaveLength(1)
})

test("a page goes on over partitions until it is full", async () => {
  const pages = storage()
  for (let index = 0; index < 7; index++)
    await table().createEntity({ partitionKey: `page-${index}`, rowKey: "row", even: index % 2 === 0 })
  const found = await pages.page("PartitionKey ge 'page-' and PartitionKey lt 'page.' and even eq true", 3)
  expect(found.map(({ partitionKey }) => partitionKey)).toEqual(["page-0", "page-2", "page-4"])
})

test("storage that is not there is a dependency that is out", async () => {
  const away = storage(cloud.connections.storage.replace(/127\.0\.0\.1:\d+/, "127.0.0.1:1"))
  await expect(away.find("any", "any")).rejects.toThrow(DependencyUnavailableError)
})

test("a table that is missing is an error, not an unknown entity, and is made anew", async () => {
  const tables = storage()
  expect(await tables.find("any", "any")).toBeUndefined()
  await table().deleteTable()
  await expect(tables.find("any", "any")).rejects.toThrow(DependencyUnavailableError)
  expect(await tables.find("any", "any")).toBeUndefined()
})
