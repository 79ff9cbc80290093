import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { newDatabase } from "../../../../../tests/fixtures/new-database.ts"
import {
  hasSqlServer,
  newSqlServerDatabase,
  sqlServerName,
} from "../../../../../tests/fixtures/sql-server.ts"
import type { Audit } from "../../audit/audit.ts"
import type { Outbox } from "../../messaging/outbox.ts"
import { postgresAudit } from "../postgres/audit.ts"
import * as postgres from "../postgres/migrations.ts"
import { postgresOutbox } from "../postgres/outbox.ts"
import { postgresStore } from "../postgres/postgres-store.ts"
import { sqlServerAudit } from "../sqlserver/audit.ts"
import * as sqlServer from "../sqlserver/migrations.ts"
import { sqlServerOutbox } from "../sqlserver/outbox.ts"
import { int, sql } from "../sqlserver/sql.ts"
import { sqlServerStore } from "../sqlserver/sqlserver-store.ts"
import type { Store } from "../store.ts"

/** A store on a database of its own, with statements that the suites need besides. */
export type SqlStore = {
  readonly store: Store
  readonly audit: Audit
  /** One more process's outbox on the same table. */
  anotherOutbox(): Outbox
  /** The ids that wait in the outbox. */
  waiting(): Promise<string[]>
  /** What time does to leases. */
  endLeases(): Promise<void>
  /** What time does to idempotency keys and message ids. */
  age(hours: number): Promise<void>
  empty(): Promise<void>
  close(): Promise<void>
}

const TABLES = ["outbox", "inbox", "parked_message", "idempotent_request", "audit"]

async function withoutFiles<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "eshop-migrations-"))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function onPostgres(): Promise<SqlStore> {
  const url = await newDatabase("basket")
  await withoutFiles((folder) => postgres.applyMigrations(url, folder))
  const store = postgresStore(url)
  const { pool } = store
  return {
    store,
    audit: postgresAudit(pool),
    anotherOutbox: () => postgresOutbox(pool),
    async waiting() {
      const { rows } = await pool.query<{ id: string }>("SELECT id FROM outbox ORDER BY position")
      return rows.map(({ id }) => id)
    },
    async endLeases() {
      await pool.query("UPDATE outbox SET leased_until = now() - interval '1 ms'")
    },
    async age(hours) {
      await pool.query("UPDATE idempotent_request SET created_at = created_at - make_interval(hours => $1)", [
        hours,
      ])
      await pool.query("UPDATE inbox SET handled_at = handled_at - make_interval(hours => $1)", [hours])
    },
    async empty() {
      for (const table of TABLES) await pool.query(`DELETE FROM ${table}`)
    },
    async close() {
      await store.close()
    },
  }
}

async function onSqlServer(): Promise<SqlStore> {
  const { url, drop } = await newSqlServerDatabase()
  await withoutFiles((folder) => sqlServer.applyMigrations(url, folder))
  const store = sqlServerStore(url)
  const { pool } = store
  return {
    store,
    audit: sqlServerAudit(pool),
    anotherOutbox: () => sqlServerOutbox(pool),
    async waiting() {
      const { rows } = await pool.run<{ id: string }>(sql`SELECT id FROM outbox ORDER BY position`)
      return rows.map(({ id }) => id)
    },
    async endLeases() {
      await pool.run(sql`UPDATE outbox SET leased_until = DATEADD(second, -1, SYSUTCDATETIME())`)
    },
    async age(hours) {
      const back = int(-hours)
      await pool.run(sql`UPDATE idempotent_request SET created_at = DATEADD(hour, ${back}, created_at)`)
      await pool.run(sql`UPDATE inbox SET handled_at = DATEADD(hour, ${back}, handled_at)`)
    },
    async empty() {
      for (const table of TABLES) await pool.run({ texts: [`DELETE FROM ${table}`], parameters: [] })
    },
    async close() {
      await store.close()
      await drop()
    },
  }
}

/** Every dialect of a store in SQL, by name: with its opener, and whether there is a server for it here. */
export const sqlStores = [
  { name: "PostgreSQL", isHere: true, open: onPostgres },
  { name: sqlServerName, isHere: hasSqlServer, open: onSqlServer },
]
