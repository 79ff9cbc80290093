import { readdirSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { withLedger } from "./migrations.ts"

const url = "mssql://sql.example:1433/ordering"
const folder = new URL("../../../../../functions/ordering/migrations/sqlserver/", import.meta.url)
const migrations = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8"))

test("the streams of orders, and no other table, are a ledger where the URL asks for one", () => {
  const ledgers = (of: string) =>
    migrations.flatMap((content) =>
      withLedger(content, of)
        .split("CREATE TABLE ")
        .filter((table) => table.includes("WITH (LEDGER = ON (APPEND_ONLY = ON))"))
        .map((table) => table.split(" ")[0]),
    )
  expect(ledgers(url)).toEqual([])
  expect(ledgers(`${url}?encrypt=true&ledger=append-only`)).toEqual(["order_event"])
})

test("a ledger of another kind is refused", () => {
  expect(() => withLedger("", `${url}?ledger=updatable`)).toThrow("no such ledger: updatable")
})
