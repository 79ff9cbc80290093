import type pg from "pg"
import type { Recorded, RequestLog } from "../http/idempotency.ts"
import type { Inbox } from "../messaging/inbox.ts"
import { inTransaction } from "./pool.ts"

/** The inbox as a PostgreSQL table: a message id that is there was handled. */
export const postgresInbox = (): Inbox => ({
  async claim(tx, messageId) {
    const { rowCount } = await inTransaction(tx).query({
      name: "inbox-claim",
      text: "INSERT INTO inbox (message_id) VALUES ($1) ON CONFLICT DO NOTHING",
      values: [messageId],
    })
    return rowCount === 1
  },
})

/** Answers by idempotency key as a PostgreSQL table. */
export const postgresRequestLog = (pool: pg.Pool): RequestLog => ({
  async find(scope, key) {
    const { rows } = await pool.query<Recorded>({
      name: "request-find",
      text: `SELECT request_hash AS "requestHash", status, headers, body FROM idempotent_request
             WHERE scope = $1 AND key = $2`,
      values: [scope, key],
    })
    return rows[0]
  },

  async claim(tx, scope, key, requestHash) {
    // A concurrent call with the same key waits here until the first one has committed or rolled back.
    const { rowCount } = await inTransaction(tx).query({
      name: "request-claim",
      text: `INSERT INTO idempotent_request (scope, key, request_hash) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING`,
      values: [scope, key, requestHash],
    })
    return rowCount === 1
  },

  async record(tx, scope, key, answer) {
    await inTransaction(tx).query({
      name: "request-record",
      text: "UPDATE idempotent_request SET status = $3, headers = $4, body = $5 WHERE scope = $1 AND key = $2",
      values: [scope, key, answer.status, JSON.stringify(answer.headers), answer.body],
    })
  },
})

/**
 * Forgets message ids and idempotency keys that nobody can repeat any more: a message's time to live is 14 days, a
 * key is honoured for 24 hours.
 */
export async function forgetOldKeys(pool: pg.Pool): Promise<void> {
  await pool.query("DELETE FROM inbox WHERE handled_at < now() - interval '15 days'")
  await pool.query("DELETE FROM idempotent_request WHERE created_at < now() - interval '24 hours'")
}
