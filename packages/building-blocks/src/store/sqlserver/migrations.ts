import { createHash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import type { Tx } from "../../app/call.ts"
import { connectSqlServer, inTransaction, type SqlServerPool, sqlServerUnitOfWork } from "./pool.ts"
import { sql, text } from "./sql.ts"
import { auditTable, personalDataTables, storeTables } from "./tables.ts"

/** The store's own tables, applied before every file; a context that does not use one of them leaves it empty. */
const ownTables: ReadonlyMap<string, string> = new Map([
  ["000-store-tables", storeTables],
  ["000-personal-data-tables", personalDataTables],
  ["000-audit-table", auditTable],
])
/** A new index of a large table takes its time, and so does another instance that is at it. */
const STATEMENT_MS = 300_000

/** What a table that may be an append-only ledger table ends its definition with. */
const LEDGER_MARK = "/* append-only ledger */"

/**
 * A migration as the database is to have it: with append-only ledger tables where its URL says `ledger=append-only`
 * (https://learn.microsoft.com/sql/relational-databases/security/ledger/ledger-append-only-ledger-tables). A table cannot
 * become one later: a database whose tables were made otherwise refuses the migration as changed.
 * @throws RangeError for another kind of ledger
 */
export function withLedger(content: string, databaseUrl: string): string {
  const ledger = new URL(databaseUrl).searchParams.get("ledger")
  if (ledger !== null && ledger !== "append-only") throw new RangeError(`no such ledger: ${ledger}`)
  return content.replaceAll(LEDGER_MARK, ledger === null ? "" : "WITH (LEDGER = ON (APPEND_ONLY = ON))")
}

/**
 * Applies the store's own tables and every `*.sql` of the folder that was not applied yet, in file-name order, each in
 * its own transaction. A statement ends with a semicolon at the end of a line; each is a batch of its own.
 * @returns the names of what was applied now
 * @throws when a file that was applied has changed since
 */
export async function applyMigrations(databaseUrl: string, directory: string): Promise<string[]> {
  const files = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort()
  const pool = connectSqlServer(databaseUrl, { max: 1, requestTimeoutMs: STATEMENT_MS })
  try {
    await locked(pool, createRecord)
    const applied: string[] = []
    for (const name of [...ownTables.keys(), ...files]) {
      const content =
        ownTables.get(name) ?? withLedger(await readFile(join(directory, name), "utf8"), databaseUrl)
      if (await locked(pool, (tx) => apply(tx, name, content))) applied.push(name)
    }
    return applied
  } finally {
    await pool.close()
  }
}

/** Two starters of one database wait for each other, until the transaction of the other has ended. */
const locked = <T>(pool: SqlServerPool, work: (tx: Tx) => Promise<T>): Promise<T> =>
  sqlServerUnitOfWork(pool).transaction(async (tx) => {
    await inTransaction(tx).run(
      sql`DECLARE @granted int;
          EXEC @granted = sp_getapplock @Resource = N'migrations', @LockMode = N'Exclusive', @LockTimeout = 300000;
          IF @granted < 0 THROW 50000, N'the lock of the migrations was not granted', 1;`,
    )
    return await work(tx)
  })

async function createRecord(tx: Tx): Promise<void> {
  const { rows } = await inTransaction(tx).run(
    sql`SELECT name FROM sys.tables WHERE schema_id = SCHEMA_ID() AND name = N'migrations'`,
  )
  if (rows.length > 0) return
  await inTransaction(tx).run(
    sql`CREATE TABLE migrations (
          name       nvarchar(200) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
          sha256     nchar(64)     NOT NULL,
          applied_at datetime2(3)  NOT NULL
        )`,
  )
}

/** @returns false when it was applied before */
async function apply(tx: Tx, name: string, content: string): Promise<boolean> {
  const sha256 = createHash("sha256").update(content).digest("hex")
  const { rows } = await inTransaction(tx).run<{ sha256: string }>(
    sql`SELECT sha256 FROM migrations WHERE name = ${text(name)}`,
  )
  if (rows[0]?.sha256 === sha256) return false
  if (rows[0])
    throw new Error(`migration ${name} was changed after it had been applied; add a new file instead`)
  try {
    for (const statement of statementsOf(content))
      await inTransaction(tx).run({ texts: [statement], parameters: [] })
  } catch (error) {
    throw new Error(`migration ${name} failed: ${(error as Error).message}`, { cause: error })
  }
  await inTransaction(tx).run(
    sql`INSERT INTO migrations (name, sha256, applied_at) VALUES (${text(name)}, ${text(sha256)}, SYSUTCDATETIME())`,
  )
  return true
}

const statementsOf = (content: string): string[] =>
  content.split(/;[ \t]*$/m).filter((statement) => statement.replace(/^\s*--.*$/gm, "").trim() !== "")
