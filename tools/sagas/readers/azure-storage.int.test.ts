import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { TableClient } from "@azure/data-tables"
import type { Cloud } from "@eshop/local-cloud/cloud"
import { afterAll, beforeAll, expect, test } from "vitest"
import { startParts } from "../../../tests/fixtures/local-parts.ts"
import { readHistory } from "../testing/read-history.ts"
import { readAzureStorage, type StorageAccount } from "./azure-storage.ts"

// Rows written after the source of Microsoft's provider, in the tables of a real (embedded) storage account.
const rowsFolder = join(import.meta.dirname, "../fixtures/rows")
const rows = readFileSync(join(rowsFolder, "azure-storage.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line))
const expected = readHistory(join(rowsFolder, "expected.jsonl"))
const instanceId = rows[0].partitionKey
const HUB = "eshop"

let cloud: Cloud
const blobs = new Map<string, Uint8Array>()
const table = (name: string) =>
  TableClient.fromConnectionString(cloud.connections.storage, name, { allowInsecureConnection: true })
const account: StorageAccount = {
  name: "devstoreaccount1",
  table,
  blob: async (container, name) => blobs.get(`${container}/${name}`) as Uint8Array,
}
const instant = (value: string) => ({ type: "DateTime", value })

beforeAll(async () => {
  cloud = await startParts(["storage"])
  const [history, instances] = [table(`${HUB}History`), table(`${HUB}Instances`)]
  await Promise.all([history.createTable(), instances.createTable()])
  const instance = (partitionKey: string, RuntimeStatus: string) =>
    instances.createEntity({
      partitionKey,
      rowKey: "",
      Name: "fulfilment",
      Version: "1.0.0",
      ExecutionId: "e2",
      RuntimeStatus,
    })
  await instance(instanceId, "Running")
  await instance("018f0000-0000-7000-8000-000000000002-fulfilment", "Completed")
  await instance("@counter@one", "Running")
  // Of the execution before: its rows stay until others take their place.
  await history.createEntity({
    partitionKey: instanceId,
    rowKey: "00000000000000FF",
    ExecutionId: "e1",
    EventType: "TaskScheduled",
    EventId: 9,
    Name: "old",
    _Timestamp: instant("2026-01-01T00:00:00Z"),
  })
  for (const { _Timestamp, FireAt, ...row } of rows) {
    const isLong = row.EventType === "TaskCompleted"
    if (isLong) blobs.set(`${HUB}-largemessages/result-${row.rowKey}`, gzipSync(row.Result))
    await history.createEntity({
      ...row,
      ...(isLong && { Result: "", ResultBlobName: `result-${row.rowKey}` }),
      ...(_Timestamp && { _Timestamp: instant(_Timestamp) }),
      ...(FireAt && { FireAt: instant(FireAt) }),
    })
  }
})
afterAll(() => cloud?.stop())

test("an open instance is read with its raw history, and what is long from its blobs", async () => {
  const read = []
  for await (const instance of readAzureStorage(account, HUB).instances) read.push(instance)
  expect(read).toEqual([{ id: instanceId, name: "fulfilment", version: "1.0.0", history: expected }])
})

test("an account without the task hub has no open instance: the app was never started there", async () => {
  const read = []
  for await (const instance of readAzureStorage(account, "other").instances) read.push(instance)
  expect(read).toEqual([])
})
