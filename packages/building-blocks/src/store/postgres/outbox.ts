import type { CloudEvent } from "@eshop/domain/contracts/event"
import type pg from "pg"
import type { Outbox, OutboxBacklog, OutboxMessage } from "../../messaging/outbox.ts"
import { afterCommit } from "../transaction.ts"
import { sendInTransaction } from "./pool.ts"

type Row = { id: string; topic: string; event: CloudEvent; redrive_to: string | null; position: number }
type Sender = { leaseSeconds: number; send(messages: readonly OutboxMessage[]): void }

/**
 * The outbox as a PostgreSQL table.
 * @param pool for the relay's claims and removals. Both are done again when they are lost, so its commits need not
 * wait for the disk
 */
export function postgresOutbox(pool: pg.Pool): Outbox {
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
      sendInTransaction(tx, {
        name: "outbox-add",
        text: `INSERT INTO outbox (id, topic, event, redrive_to, leased_until)
               SELECT *, CASE WHEN $5::int > 0 THEN now() + make_interval(secs => $5::int) ELSE '-infinity' END
               FROM unnest($1::uuid[], $2::text[], $3::json[], $4::text[])`,
        values: [
          messages.map(({ id }) => id),
          messages.map(({ topic }) => topic),
          messages.map(({ event }) => JSON.stringify(event)),
          messages.map(({ redriveTo }) => redriveTo ?? null),
          immediate?.leaseSeconds ?? 0,
        ],
      })
    },

    async claim(limit, leaseSeconds) {
      const { rows } = await pool.query<Row>({
        name: "outbox-claim",
        text: `UPDATE outbox SET leased_until = now() + make_interval(secs => $2)
               WHERE id IN (SELECT id FROM outbox WHERE leased_until < now()
                            ORDER BY position LIMIT $1 FOR UPDATE SKIP LOCKED)
               RETURNING id, topic, event, redrive_to, position`,
        values: [limit, leaseSeconds],
      })
      return rows
        .sort((a, b) => a.position - b.position)
        .map(({ id, topic, event, redrive_to }) => ({
          id,
          topic,
          event,
          ...(redrive_to && { redriveTo: redrive_to }),
        }))
    },

    async remove(ids) {
      await pool.query({
        name: "outbox-remove",
        text: "DELETE FROM outbox WHERE id = ANY($1::uuid[])",
        values: [ids],
      })
    },

    async release(ids) {
      await pool.query({
        name: "outbox-release",
        text: "UPDATE outbox SET leased_until = '-infinity' WHERE id = ANY($1::uuid[])",
        values: [ids],
      })
    },

    async backlog() {
      const { rows } = await pool.query<OutboxBacklog>({
        name: "outbox-backlog",
        text: `SELECT count(*)::int AS pending,
                 greatest(0, coalesce(extract(epoch FROM now() - min(added_at)), 0))::float8 AS "oldestSeconds"
               FROM outbox`,
      })
      return rows[0] as OutboxBacklog
    },
  }
}
