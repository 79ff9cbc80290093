import type pg from "pg"
import type { ParkedMessage, ParkedMessages } from "../../messaging/parked.ts"
import type { Inbox } from "../store.ts"
import { inTransaction } from "./pool.ts"

/** The inbox as a PostgreSQL table: a message that is there was handled. */
export const postgresInbox = (): Inbox => ({
  async claim(tx, source, eventId) {
    // A concurrent delivery of the same message waits here until the first one has committed or rolled back.
    const { rowCount } = await inTransaction(tx).query({
      name: "inbox-claim",
      text: "INSERT INTO inbox (source, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      values: [source, eventId],
    })
    return rowCount === 1
  },
})

const columns = `source, event_id AS "eventId", topic, type, reason, detail, body, committed, parked_at AS "parkedAt"`

/** Parked messages as a PostgreSQL table. */
export const postgresParkedMessages = (pool: pg.Pool): ParkedMessages => ({
  async park(tx, { source, eventId, topic, type, reason, detail, body, committed, parkedAt }) {
    await inTransaction(tx).query({
      name: "message-park",
      text: `INSERT INTO parked_message (source, event_id, topic, type, reason, detail, body, committed, parked_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
      values: [source, eventId, topic, type, reason, detail, JSON.stringify(body), committed, parkedAt],
    })
  },

  async list(limit, after = 0) {
    const { rows } = await pool.query<ParkedMessage & { position: number }>(
      `SELECT position, ${columns} FROM parked_message WHERE position > $1 ORDER BY position LIMIT $2`,
      [after, limit],
    )
    return rows
  },

  async count() {
    const { rows } = await pool.query<{ count: number }>("SELECT count(*) FROM parked_message")
    return rows[0]?.count ?? 0
  },

  async countByReason() {
    const { rows } = await pool.query<{ reason: string; count: number }>(
      "SELECT reason, count(*) FROM parked_message GROUP BY reason",
    )
    return Object.fromEntries(rows.map(({ reason, count }) => [reason, count]))
  },

  async take(tx, source, eventId) {
    const { rows } = await inTransaction(tx).query<ParkedMessage>(
      `WITH taken AS (DELETE FROM parked_message WHERE source = $1 AND event_id = $2 RETURNING *),
            forgotten AS (DELETE FROM inbox USING taken WHERE NOT taken.committed
                          AND inbox.source = taken.source AND inbox.event_id = taken.event_id)
       SELECT ${columns} FROM taken`,
      [source, eventId],
    )
    return rows[0]
  },
})
