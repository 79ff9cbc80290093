import { keyOf } from "../key-of.ts"
import type { RecordedRequest, RequestLog } from "../store.ts"
import { isDuplicate } from "./failures.ts"
import { inTransaction, type SqlServer } from "./pool.ts"
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
    const of = requestKey(scope, key)
    try {
      // Does not wait for a call with this key that is under way: that one has the lock until its transaction ends.
      const { rows } = await inTransaction(tx).run<{ granted: number }>(
        sql`DECLARE @granted int;
            EXEC @granted = sp_getapplock @Resource = ${of}, @LockMode = N'Exclusive', @LockTimeout = 0;
            IF @granted >= 0 INSERT INTO idempotent_request (request_key, hash, created_at)
              VALUES (${of}, ${text(hash)}, SYSUTCDATETIME());
            SELECT @granted AS [granted]`,
      )
      return (rows[0]?.granted ?? -1) >= 0
    } catch (error) {
      if (isDuplicate(error)) return false
      throw error
    }
  },

  async record(tx, scope, key, result) {
    await inTransaction(tx).run(
      sql`UPDATE idempotent_request SET result = ${text(result)} WHERE request_key = ${requestKey(scope, key)}`,
    )
  },
})
