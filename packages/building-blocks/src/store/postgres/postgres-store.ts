import type pg from "pg"
import type { Store } from "../store.ts"
import { postgresLogLevels } from "./log-level.ts"
import { postgresInbox, postgresParkedMessages } from "./messages.ts"
import { postgresOutbox } from "./outbox.ts"
import { connectPostgres, postgresUnitOfWork } from "./pool.ts"
import { postgresRequestLog } from "./request-log.ts"

/** A store on PostgreSQL, and the connections behind it for the context's own adapters. */
export type PostgresStore = Store & {
  readonly pool: pg.Pool
  /** Connections whose commits do not wait for the disk: for work that is done again after a crash. */
  readonly relaxedPool: pg.Pool
}

const PING_MS = 1_500

/**
 * A context's store on PostgreSQL. Opens no connection before the first query.
 * @param url postgres://user:password@host:port/database
 */
export function postgresStore(url: string): PostgresStore {
  const pool = connectPostgres(url)
  const relaxedPool = connectPostgres(url, { max: 4, relaxed: true })
  return {
    pool,
    relaxedPool,
    unitOfWork: postgresUnitOfWork(pool),
    outbox: postgresOutbox(relaxedPool),
    inbox: postgresInbox(),
    parked: postgresParkedMessages(pool),
    requests: postgresRequestLog(pool),
    logLevels: postgresLogLevels(relaxedPool),

    async forgetOld() {
      // A message's time to live is 14 days; an idempotency key is honoured for 24 hours.
      await pool.query("DELETE FROM inbox WHERE handled_at < now() - interval '15 days'")
      await pool.query("DELETE FROM idempotent_request WHERE created_at < now() - interval '24 hours'")
    },

    async ping() {
      const late = AbortSignal.timeout(PING_MS)
      await Promise.race([
        relaxedPool.query("SELECT 1"),
        new Promise((_, reject) => late.addEventListener("abort", () => reject(late.reason))),
      ])
    },

    async close() {
      await Promise.all([pool.end(), relaxedPool.end()])
    },
  }
}
