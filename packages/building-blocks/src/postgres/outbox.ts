import type { CloudEvent } from "@eshop/domain/events/define-event"
import type pg from "pg"
import type { Outbox, OutboxMessage } from "../messaging/outbox.ts"
import { afterCommit, inTransaction } from "./pool.ts"

type Row = { topic: string; event: CloudEvent }

/**
 * The outbox as a PostgreSQL table; its DDL is part of each context's first migration.
 * @param pool for the relay's claims and removals. Both are done again when they are lost, so its commits need not
 * wait for the disk
 * @param sender gets the messages right after the commit that made them true. It holds their first lease, so nobody
 * has to claim them; without a sender they wait for a claim
 */
export const postgresOutbox = (
  pool: pg.Pool,
  sender?: { leaseSeconds: number; send(messages: readonly OutboxMessage[]): void },
): Outbox => ({
  async add(tx, messages) {
    if (messages.length === 0) return
    if (sender) afterCommit(tx, () => sender.send(messages))
    await inTransaction(tx).query({
      name: "outbox-add",
      text: `INSERT INTO outbox (id, topic, event, leased_until)
             SELECT *, CASE WHEN $4::int > 0 THEN now() + make_interval(secs => $4::int) ELSE '-infinity' END
             FROM unnest($1::uuid[], $2::text[], $3::jsonb[])`,
      values: [
        messages.map(({ event }) => event.id),
        messages.map(({ topic }) => topic),
        messages.map(({ event }) => JSON.stringify(event)),
        sender?.leaseSeconds ?? 0,
      ],
    })
  },

  async claim(limit, leaseSeconds) {
    const { rows } = await pool.query<Row & { position: number }>({
      name: "outbox-claim",
      text: `UPDATE outbox SET leased_until = now() + make_interval(secs => $2)
             WHERE id IN (SELECT id FROM outbox WHERE leased_until < now()
                          ORDER BY position LIMIT $1 FOR UPDATE SKIP LOCKED)
             RETURNING topic, event, position`,
      values: [limit, leaseSeconds],
    })
    return rows.sort((a, b) => a.position - b.position)
  },

  async remove(eventIds) {
    await pool.query({
      name: "outbox-remove",
      text: "DELETE FROM outbox WHERE id = ANY($1::uuid[])",
      values: [eventIds],
    })
  },

  async release(eventIds) {
    await pool.query({
      name: "outbox-release",
      text: "UPDATE outbox SET leased_until = '-infinity' WHERE id = ANY($1::uuid[])",
      values: [eventIds],
    })
  },
})
