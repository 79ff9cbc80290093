import type { Store } from "../store.ts"
import { sqlServerLogLevels } from "./log-level.ts"
import { sqlServerInbox, sqlServerParkedMessages } from "./messages.ts"
import { sqlServerOutbox } from "./outbox.ts"
import { connectSqlServer, type SqlServerPool, sqlServerUnitOfWork } from "./pool.ts"
import { sqlServerRequestLog } from "./request-log.ts"
import { type Sql, sql } from "./sql.ts"

/** A store on SQL Server, and the connections behind it for the context's own adapters. */
export type SqlServerStore = Store & {
  readonly pool: SqlServerPool
  /** A few connections more, for what runs beside the requests: relay, projector, health. */
  readonly background: SqlServerPool
}

const PING_MS = 1_500

/**
 * A context's store on Azure SQL, or on SQL Server from 2019 on. Opens no connection before the first statement.
 * The database has READ_COMMITTED_SNAPSHOT on, as Azure's are made: nobody who reads waits for who writes.
 * @param url mssql://user:password@host:port/database, as {@link connectSqlServer} takes it
 */
export function sqlServerStore(url: string): SqlServerStore {
  const pool = connectSqlServer(url)
  const background = connectSqlServer(url, { max: 4 })
  return {
    pool,
    background,
    unitOfWork: sqlServerUnitOfWork(pool),
    outbox: sqlServerOutbox(background),
    inbox: sqlServerInbox,
    parked: sqlServerParkedMessages(pool),
    requests: sqlServerRequestLog(pool),
    logLevels: sqlServerLogLevels(background),

    async forgetOld() {
      // A message's time to live is 14 days; an idempotency key is honoured for 24 hours.
      await deleteInParts(
        background,
        sql`DELETE TOP (1000) FROM inbox WITH (UPDLOCK, READPAST, ROWLOCK) WHERE handled_at < DATEADD(day, -15, SYSUTCDATETIME())`,
      )
      await deleteInParts(
        background,
        sql`DELETE TOP (1000) FROM idempotent_request WITH (UPDLOCK, READPAST, ROWLOCK)
            WHERE created_at < DATEADD(hour, -24, SYSUTCDATETIME())`,
      )
    },

    async ping() {
      const late = AbortSignal.timeout(PING_MS)
      await Promise.race([
        background.run(sql`SELECT 1 AS [one]`),
        new Promise((_, reject) => late.addEventListener("abort", () => reject(late.reason))),
      ])
    },

    async close() {
      await Promise.all([pool.close(), background.close()])
    },
  }
}

/** Few rows at a time: from 5,000 locks on the server would lock the whole table. */
async function deleteInParts(server: SqlServerPool, statement: Sql): Promise<void> {
  while ((await server.run(statement)).count > 0);
}
