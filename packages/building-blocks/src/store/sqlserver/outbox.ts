import type { CloudEvent } from "@eshop/domain/contracts/event"
import type { Outbox, OutboxMessage } from "../../messaging/outbox.ts"
import { afterCommit } from "../transaction.ts"
import { inTransaction, type SqlServer } from "./pool.ts"
import { ids, inParts, inSeconds, int, join, now, sql, text } from "./sql.ts"

type Row = { id: string; position: string; topic: string; event: string; redrive_to: string | null }
type Sender = { leaseSeconds: number; send(messages: readonly OutboxMessage[]): void }

const never = sql`'0001-01-01T00:00:00'`

/**
 * The outbox as a SQL Server table.
 * @param server for the relay's claims and removals, which would wait behind the requests' transactions otherwise
 */
export function sqlServerOutbox(server: SqlServer): Outbox {
  let sender: Sender | undefined
  return {
    sendAfterCommit(leaseSeconds, send) {
      sender = { leaseSeconds, send }
    },

    async add(tx, messages) {
      if (messages.length === 0) return
      const immediate = sender
      // Whoever commits sends, and holds the first lease: nobody has to claim the messages.
      if (immediate) afterCommit(tx, () => immediate.send(messages))
      const leasedUntil = immediate ? inSeconds(immediate.leaseSeconds) : never
      for (const part of inParts(messages)) {
        const rows = part.map(
          ({ id, topic, event, redriveTo }) =>
            sql`(${text(id)}, ${text(topic)}, ${text(JSON.stringify(event))}, ${text(redriveTo ?? null)}, ${leasedUntil})`,
        )
        await inTransaction(tx).run(
          sql`INSERT INTO outbox (id, topic, event, redrive_to, leased_until) VALUES ${join(rows, ", ")}`,
        )
      }
    },

    async claim(limit, leaseSeconds) {
      // What another claimer holds is passed by. The condition stands in both places: what was claimed between the two
      // is not claimed again.
      const { rows } = await server.run<Row>(
        sql`UPDATE outbox WITH (UPDLOCK, READPAST, ROWLOCK) SET leased_until = ${inSeconds(leaseSeconds)}
            OUTPUT inserted.[id] AS [id], inserted.[position] AS [position], inserted.[topic] AS [topic],
              inserted.[event] AS [event], inserted.[redrive_to] AS [redrive_to]
            WHERE id IN (SELECT TOP (${int(limit)}) id FROM outbox WITH (UPDLOCK, READPAST, ROWLOCK)
                         WHERE leased_until < ${now} ORDER BY position)
              AND leased_until < ${now}`,
      )
      return rows
        .map((row) => ({ ...row, position: Number(row.position) }))
        .sort((a, b) => a.position - b.position)
        .map(({ id, topic, event, redrive_to }) => ({
          id,
          topic,
          event: JSON.parse(event) as CloudEvent,
          ...(redrive_to && { redriveTo: redrive_to }),
        }))
    },

    async remove(messageIds) {
      for (const part of inParts(messageIds))
        await server.run(sql`DELETE FROM outbox WHERE id IN (${ids(part)})`)
    },

    async release(messageIds) {
      for (const part of inParts(messageIds))
        await server.run(sql`UPDATE outbox SET leased_until = ${never} WHERE id IN (${ids(part)})`)
    },

    async backlog() {
      const { rows } = await server.run<{ pending: number; oldest: number | null }>(
        sql`SELECT COUNT(*) AS [pending], DATEDIFF_BIG(millisecond, MIN(added_at), ${now}) AS [oldest]
            FROM outbox`,
      )
      return {
        pending: rows[0]?.pending ?? 0,
        oldestSeconds: Math.max(0, Number(rows[0]?.oldest ?? 0) / 1_000),
      }
    },
  }
}
