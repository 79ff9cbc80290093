import { createHash } from "node:crypto"
import { readdir, readFile } from "node:fs/promises"
import { join } from "node:path"
import pg from "pg"
import { auditTable, personalDataTables, storeTables, uploadTables } from "./tables.ts"

// One arbitrary number for the whole project: two starters of one database wait for each other.
const MIGRATION_LOCK = 7_461_003
/** The store's own tables, applied before every file; a context that does not use one of them leaves it empty. */
const ownTables: ReadonlyMap<string, string> = new Map([
  ["000-store-tables", storeTables],
  ["000-personal-data-tables", personalDataTables],
  ["000-upload-tables", uploadTables],
  ["000-audit-table", auditTable],
])

/**
 * Applies the store's own tables and every `*.sql` of the folder that was not applied yet, in file-name order, each in
 * its own transaction.
 * @returns the names of what was applied now
 * @throws when a file that was applied has changed since
 */
export async function applyMigrations(databaseUrl: string, directory: string): Promise<string[]> {
  const files = (await readdir(directory)).filter((name) => name.endsWith(".sql")).sort()
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK])
    await client.query(
      "CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())",
    )
    const { rows } = await client.query<{ name: string; sha256: string }>(
      "SELECT name, sha256 FROM migrations",
    )
    const known = new Map(rows.map((row) => [row.name, row.sha256]))
    const applied: string[] = []
    for (const name of [...ownTables.keys(), ...files]) {
      const sql = ownTables.get(name) ?? (await readFile(join(directory, name), "utf8"))
      const sha256 = createHash("sha256").update(sql).digest("hex")
      const before = known.get(name)
      if (before === sha256) continue
      if (before)
        throw new Error(`migration ${name} was changed after it had been applied; add a new file instead`)
      await client.query("BEGIN")
      try {
        await client.query(sql)
        await client.query("INSERT INTO migrations (name, sha256) VALUES ($1, $2)", [name, sha256])
        await client.query("COMMIT")
      } catch (error) {
        await client.query("ROLLBACK")
        throw new Error(`migration ${name} failed: ${(error as Error).message}`, { cause: error })
      }
      applied.push(name)
    }
    return applied
  } finally {
    await client.end()
  }
}
