import { readFileSync } from "node:fs"
import { join } from "node:path"
import type { SqlServer } from "@eshop/building-blocks/store/sqlserver/pool"
import { render } from "@eshop/building-blocks/store/sqlserver/sql"
import { expect, test } from "vitest"
import { readHistory } from "../testing/read-history.ts"
import { readMssql } from "./mssql.ts"

// Rows written after the source of Microsoft's provider.
const rowsFolder = join(import.meta.dirname, "../fixtures/rows")
const rows = readFileSync(join(rowsFolder, "mssql.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line))
  .map(({ Timestamp, VisibleTime, ...row }) => ({
    ...row,
    Timestamp: new Date(Timestamp),
    VisibleTime: VisibleTime && new Date(VisibleTime),
  }))

test("an open instance is read with its raw history", async () => {
  const asked: unknown[] = []
  const instances = [
    { InstanceID: "an-order-fulfilment", Name: "fulfilment", Version: "1.0.0" },
    { InstanceID: "@counter@one", Name: "counter", Version: "" },
  ]
  const server = {
    async run(statement: Parameters<SqlServer["run"]>[0]) {
      const { text } = render(statement)
      asked.push(statement.parameters.map(({ value }) => value))
      const found = text.includes("dt.History") ? rows : instances
      return { rows: found, count: found.length }
    },
  } as unknown as SqlServer
  const read = []
  for await (const instance of readMssql(server, "eshop").instances) read.push(instance)
  expect(read).toEqual([
    {
      id: "an-order-fulfilment",
      name: "fulfilment",
      version: "1.0.0",
      history: readHistory(join(rowsFolder, "expected.jsonl")),
    },
  ])
  expect(asked[1]).toContain("an-order-fulfilment")
  expect(asked).toHaveLength(2)
})
