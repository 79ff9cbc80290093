import type { ClientCall } from "./client-call.ts"
import { record } from "./metrics.ts"
import {
  ATTR_DB_COLLECTION_NAME,
  ATTR_DB_NAMESPACE,
  ATTR_DB_OPERATION_NAME,
  ATTR_DB_SYSTEM_NAME,
  ATTR_ERROR_TYPE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from "./semantic-conventions.ts"

/** A database that calls go to. */
export type Database = {
  /** `postgresql`, `microsoft.sql_server`, `redis`, `azure.tables`, `azure.cosmosdb` */
  readonly system: string
  /** Its name at its server. */
  readonly namespace?: string
  readonly address?: string
  readonly port?: number
}

/** What a statement does, and to which tables. */
export type Summary = {
  /** `SELECT orders order_event`: no value, no condition. */
  readonly text: string
  readonly operation: string
  /** The one table that it names. */
  readonly collection?: string
}

// `FOR UPDATE OF`, `DO UPDATE SET` and `IS DISTINCT FROM` are followed by no table, and what has a bracket after FROM or
// JOIN is a function or a statement of its own.
const PARTS = new RegExp(
  [
    String.raw`\b(SELECT|BEGIN|COMMIT|ROLLBACK)\b`,
    String.raw`\b(INSERT|MERGE)\s+INTO\s+([\w."]+)`,
    String.raw`(?<!\b(?:FOR|DO)\s+)\b(UPDATE)\s+([\w."]+)`,
    String.raw`\b(DELETE)(?:\s+TOP\s*\(\w+\))?\s+FROM\s+([\w."]+)`,
    String.raw`(?<!\bDISTINCT\s+)\b(?:FROM|JOIN)\s+(?:ONLY\s+)?(["a-z_][\w."]*)(?!\s*\(|[\w."])`,
  ].join("|"),
  "gi",
)

/** Shortens a statement to what it does (https://opentelemetry.io/docs/specs/semconv/database/database-spans/#generating-a-summary-of-the-query). */
export function summaryOf(statement: string): Summary {
  const words: string[] = []
  const tables = new Set<string>()
  const operations: string[] = []
  for (const [, plain, ...groups] of statement.matchAll(PARTS)) {
    const [inserting, insertedInto, updating, updated, deleting, deletedFrom, readFrom] = groups
    const operation = (plain ?? inserting ?? updating ?? deleting)?.toUpperCase()
    const table = insertedInto ?? updated ?? deletedFrom ?? readFrom
    if (operation) operations.push(operation)
    if (table) tables.add(table)
    words.push(...[operation, table].filter((word) => word !== undefined))
  }
  const [collection, another] = tables
  return {
    text: words.join(" ").slice(0, 255),
    operation: operations.find((operation) => operation !== "SELECT") ?? operations[0] ?? "EXECUTE",
    ...(collection && !another && { collection }),
  }
}

/** Statements have few forms, and are described once. Those with a list in them have many, and are forgotten again. */
const MANY = 1_000
const described = new WeakMap<Database, Map<string, ClientCall>>()

/** A statement as a call: its summary is its name, its values stay with it. */
export function sqlCall(database: Database, statement: string): ClientCall {
  const calls = described.get(database) ?? new Map<string, ClientCall>()
  const known = calls.get(statement)
  if (known) return known
  const { text, operation, collection } = summaryOf(statement)
  const about = { operation, ...(collection && { collection }) }
  const call = databaseCall(database, text || operation, about)
  if (calls.size >= MANY) calls.clear()
  described.set(database, calls.set(statement, call))
  return call
}

/** A call of a database. @param name of its span: the summary of a statement, which is no attribute besides */
export function databaseCall(
  { system, namespace, address, port }: Database,
  name: string,
  about: { readonly operation: string; readonly collection?: string },
): ClientCall {
  const { operation, collection } = about
  return {
    name,
    attributes: {
      [ATTR_DB_SYSTEM_NAME]: system,
      [ATTR_DB_OPERATION_NAME]: operation,
      ...(namespace && { [ATTR_DB_NAMESPACE]: namespace }),
      ...(collection && { [ATTR_DB_COLLECTION_NAME]: collection }),
      ...(address && { [ATTR_SERVER_ADDRESS]: address }),
      ...(port !== undefined && { [ATTR_SERVER_PORT]: port }),
    },
    measure: (seconds, { errorType }) =>
      record("db.client.operation.duration", seconds, {
        [ATTR_DB_SYSTEM_NAME]: system,
        [ATTR_DB_OPERATION_NAME]: operation,
        ...(namespace && { [ATTR_DB_NAMESPACE]: namespace }),
        ...(errorType && { [ATTR_ERROR_TYPE]: errorType }),
      }),
  }
}
