import { readdirSync, readFileSync } from "node:fs"
import * as postgres from "@eshop/building-blocks/store/postgres/tables"
import * as sqlServer from "@eshop/building-blocks/store/sqlserver/tables"
import { expect, test } from "vitest"

const migrations = (dialect: string): string => {
  const folder = new URL(`../../migrations/${dialect}/`, import.meta.url)
  return readdirSync(folder)
    .sort()
    .map((name) => readFileSync(new URL(name, folder), "utf8"))
    .join("\n")
}
type OwnTables = Record<"storeTables" | "personalDataTables" | "auditTable", string>
const ownTables = ({ storeTables, personalDataTables, auditTable }: OwnTables): string =>
  storeTables + personalDataTables + auditTable

/** What both dialects call the same. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^(uuid|nchar\(36\))/, "id"],
  [/^(text|jsonb?|nchar|nvarchar)\b/, "text"],
  [/^(int|integer)\b/, "integer"],
  [/^bigint\b/, "bigint"],
  [/^(boolean|bit)\b/, "flag"],
  [/^(timestamptz|datetime2\(3\))/, "instant"],
  [/^(bytea|varbinary)\b/, "bytes"],
]
const kindOf = (type: string): string =>
  KINDS.find(([pattern]) => pattern.test(type))?.[1] ?? `unknown: ${type}`

const list = (columns: string): string => columns.replaceAll(/[[\]\s]/g, "").replaceAll(/(?<=\w)DESC/g, "-")

/** A column, or a key of several: `customer_id text, key`. */
function partOf(line: string): string {
  const key = /^PRIMARY KEY \((.*)\)$/.exec(line)?.[1]
  if (key !== undefined) return `key ${list(key)}`
  const [name = "", ...rest] = line.split(/\s+/)
  const definition = rest.join(" ")
  return [
    `${name.replaceAll(/[[\]]/g, "")} ${kindOf(definition)}`,
    /NOT NULL|PRIMARY KEY|IDENTITY/.test(definition) ? "" : ", null",
    /PRIMARY KEY/.test(definition) ? ", key" : "",
    /IDENTITY/.test(definition) ? ", counted" : "",
    /REFERENCES (\w+)/.exec(definition)?.[1]?.replace(/^/, ", of ") ?? "",
  ].join("")
}

/** Every column, key and index that the statements make, each as one line, in one order. */
function schemaOf(statements: string): readonly string[] {
  const text = statements.replaceAll(/--.*$/gm, "").replaceAll(/\s+/g, " ")
  const tables = [...text.matchAll(/CREATE TABLE (\w+) \((.*?)\)(?: \/\*.*?\*\/)?;/g)].flatMap(
    ([, table, body = ""]) => body.split(/, (?![^(]*\))/).map((line) => `${table}: ${partOf(line.trim())}`),
  )
  const added = [...text.matchAll(/ALTER TABLE (\w+) ADD COLUMN (.*?);/g)].map(
    ([, table, line = ""]) => `${table}: ${partOf(line)}`,
  )
  const indexes = [...text.matchAll(/CREATE INDEX (\w+) ON (\w+) \((.*?)\)( WHERE .*?)?;/g)].map(
    ([, index, table, columns = "", condition]) =>
      `${table}: index ${index} ${list(columns)}${condition ? " of some" : ""}`,
  )
  return [...tables, ...added, ...indexes].sort()
}

const onPostgres = schemaOf(ownTables(postgres) + migrations("postgres"))
const onSqlServer = schemaOf(ownTables(sqlServer) + migrations("sqlserver"))

const only = (mine: readonly string[], others: readonly string[]) =>
  mine.filter((part) => !others.includes(part))

test("both dialects have the same tables, but for what record 16 and a reserved word ask for", () => {
  expect(onPostgres.filter((part) => part.includes("unknown"))).toEqual([])
  expect(only(onPostgres, onSqlServer)).toEqual([
    "idempotent_request: key scope,key",
    "idempotent_request: key text",
    "idempotent_request: scope text",
    "inbox: event_id text",
    "inbox: key source,event_id",
    "inbox: source text",
    "order_view: view text",
    "parked_message: key source,event_id",
    // Texts are no foreign keys on SQL Server: the adapters delete what belongs to a row.
    "personal_data: customer_id text, of customer_key",
    // By it Basket, which is never on SQL Server, finds what is old.
    "personal_data: index personal_data_by_age kept_at",
    "projection_pending: key projection,order_id",
    "webhook_delivery: subscription_id id, of webhook_subscription",
    "webhook_subscription_type: subscription_id id, of webhook_subscription",
  ])
  expect(only(onSqlServer, onPostgres)).toEqual([
    "idempotent_request: request_key text, key",
    "inbox: message_key text, key",
    "order_view: document text",
    // PostgreSQL looks into the state.
    "orders: has_coupons flag",
    "parked_message: message_key text, key",
    "personal_data: customer_id text",
    "projection_pending: key projection,order_id,version",
    "webhook_delivery: subscription_id id",
    "webhook_subscription_type: subscription_id id",
  ])
})

test("no statement uses what some servers that speak T-SQL do not", () => {
  const folders = ["./sqlserver/", "../../../../packages/building-blocks/src/store/sqlserver/"]
  const files = folders.flatMap((folder) =>
    readdirSync(new URL(folder, import.meta.url)).map((name) => new URL(folder + name, import.meta.url)),
  )
  const notPortable = /\bMERGE\b|\bWITH \w+ AS \(|\bOUTPUT (?!(?:inserted|deleted)\.\[\w+\] AS \[)/
  expect(files.filter((file) => notPortable.test(readFileSync(file, "utf8")))).toEqual([])
})
