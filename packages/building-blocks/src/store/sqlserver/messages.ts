import type { ParkedMessage, ParkedMessages } from "../../messaging/parked.ts"
import { keyOf } from "../key-of.ts"
import type { Inbox } from "../store.ts"
import { insertIfNew, inTransaction, type SqlServer } from "./pool.ts"
import { bigint, flag, instant, int, type Parameter, sql, text } from "./sql.ts"

const messageKey = (source: string, eventId: string): Parameter => text(keyOf(source, eventId))

/** The inbox as a SQL Server table: a message that is there was handled. */
export const sqlServerInbox: Inbox = {
  // A concurrent delivery of the same message waits here until the first one has committed or rolled back.
  claim: (tx, source, eventId) =>
    insertIfNew(
      inTransaction(tx),
      sql`INSERT INTO inbox (message_key, handled_at) VALUES (${messageKey(source, eventId)}, SYSUTCDATETIME())`,
    ),
}

type Row = Omit<ParkedMessage, "body"> & { readonly body: string }
const toMessage = <T extends Row>(row: T) => ({ ...row, body: JSON.parse(row.body) as unknown })

/** Parked messages as a SQL Server table. */
export const sqlServerParkedMessages = (server: SqlServer): ParkedMessages => ({
  async park(tx, { source, eventId, topic, type, reason, detail, body, committed, parkedAt }) {
    await insertIfNew(
      inTransaction(tx),
      sql`INSERT INTO parked_message
            (message_key, source, event_id, topic, type, reason, detail, body, committed, parked_at)
          VALUES (${messageKey(source, eventId)}, ${text(source)}, ${text(eventId)}, ${text(topic)}, ${text(type)},
            ${text(reason)}, ${text(detail)}, ${text(JSON.stringify(body))}, ${flag(committed)}, ${instant(parkedAt)})`,
    )
  },

  async list(limit, after = 0) {
    const { rows } = await server.run<Row & { position: string }>(
      sql`SELECT TOP (${int(limit)}) position, source, event_id AS [eventId], topic, type, reason, detail, body,
            committed, parked_at AS [parkedAt]
          FROM parked_message WHERE position > ${bigint(after)} ORDER BY position`,
    )
    return rows.map(({ position, ...row }) => ({ ...toMessage(row), position: Number(position) }))
  },

  async count() {
    const { rows } = await server.run<{ count: number }>(sql`SELECT COUNT(*) AS [count] FROM parked_message`)
    return rows[0]?.count ?? 0
  },

  async countByReason() {
    const { rows } = await server.run<{ reason: string; count: number }>(
      sql`SELECT reason AS [reason], COUNT(*) AS [count] FROM parked_message GROUP BY reason`,
    )
    return Object.fromEntries(rows.map(({ reason, count }) => [reason, count]))
  },

  async take(tx, source, eventId) {
    const key = messageKey(source, eventId)
    const { rows } = await inTransaction(tx).run<Row>(
      sql`DELETE FROM parked_message
          OUTPUT deleted.[source] AS [source], deleted.[event_id] AS [eventId], deleted.[topic] AS [topic],
            deleted.[type] AS [type], deleted.[reason] AS [reason], deleted.[detail] AS [detail],
            deleted.[body] AS [body], deleted.[committed] AS [committed], deleted.[parked_at] AS [parkedAt]
          WHERE message_key = ${key}`,
    )
    const message = rows[0] && toMessage(rows[0])
    if (message && !message.committed)
      await inTransaction(tx).run(sql`DELETE FROM inbox WHERE message_key = ${key}`)
    return message
  },
})
