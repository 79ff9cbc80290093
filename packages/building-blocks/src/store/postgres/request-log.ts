import type pg from "pg"
import type { RecordedRequest, RequestLog } from "../store.ts"
import { inTransaction, sendInTransaction } from "./pool.ts"

/** Answers by idempotency key as a PostgreSQL table. */
export const postgresRequestLog = (pool: pg.Pool): RequestLog => ({
  async find(scope, key) {
    const { rows } = await pool.query<RecordedRequest>({
      name: "request-find",
      text: "SELECT hash, result FROM idempotent_request WHERE scope = $1 AND key = $2",
      values: [scope, key],
    })
    return rows[0]
  },

  async claim(tx, scope, key, hash) {
    // The lock tells a key whose call is under way without waiting for that call; it ends with the transaction.
    const { rowCount } = await inTransaction(tx).query({
      name: "request-claim",
      text: `INSERT INTO idempotent_request (scope, key, hash)
             SELECT $1, $2, $3 WHERE pg_try_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))
             ON CONFLICT DO NOTHING`,
      values: [scope, key, hash],
    })
    return rowCount === 1
  },

  async record(tx, scope, key, result) {
    sendInTransaction(tx, {
      name: "request-record",
      text: "UPDATE idempotent_request SET result = $3 WHERE scope = $1 AND key = $2",
      values: [scope, key, result],
    })
  },
})
