import { keyOf } from "../key-of.ts"
import type { RecordedRequest, RequestLog } from "../store.ts"
import { isLocked } from "./failures.ts"
import { insertIfNew, inTransaction, type SqlServer } from "./pool.ts"
import { type Parameter, sql, text } from "./sql.ts"

const requestKey = (scope: string, key: string): Parameter => text(keyOf(scope, key))

/** Answers by idempotency key as a SQL Server table. */
export const sqlServerRequestLog = (server: SqlServer): RequestLog => ({
  async find(scope, key) {
    const { rows } = await server.run<RecordedRequest>(
      sql`SELECT hash, result FROM idempotent_request WHERE request_key = ${requestKey(scope, key)}`,
    )
    return rows[0]
  },

  async claim(tx, scope, key, hash) {
    try {
      // Does not wait for a call with this key that is under way.
      return await insertIfNew(
        inTransaction(tx),
        sql`INSERT INTO idempotent_request WITH (NOWAIT) (request_key, hash, created_at)
            VALUES (${requestKey(scope, key)}, ${text(hash)}, SYSUTCDATETIME())`,
      )
    } catch (error) {
      if (isLocked(error)) return false
      throw error
    }
  },

  async record(tx, scope, key, result) {
    await inTransaction(tx).run(
      sql`UPDATE idempotent_request SET result = ${text(result)} WHERE request_key = ${requestKey(scope, key)}`,
    )
  },
})
