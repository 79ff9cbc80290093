import { alarm } from "@eshop/building-blocks/telemetry/observe"
import { type Order, replay } from "@eshop/domain/ordering/order"
import { readOrderEvent } from "@eshop/domain/ordering/order-events"
import type pg from "pg"
import type { Projection, StoredOrder } from "../orders/ports.ts"

type Row = { order_id: string; events: unknown[]; version: number }

/** A stream that cannot be read holds no other one up: its order stays pending, and a person must know. */
function toStored({ order_id, events, version }: Row): StoredOrder[] {
  try {
    return [{ order: replay(events.map(readOrderEvent)) as Order, version }]
  } catch (error) {
    alarm("unreadable-stream", `order ${order_id}: ${(error as Error).message}`)
    return []
  }
}

/** @param pool what it marks is marked again when it is lost, so its commits need not wait for the disk */
export const postgresProjection = (pool: pg.Pool): Projection => ({
  async pending(name, limit) {
    const { rows } = await pool.query<Row>({
      name: "projection-pending",
      text: `SELECT order_id, json_agg(event ORDER BY version) AS events, max(version) AS version
             FROM order_event WHERE order_id IN (
               SELECT order_id FROM projection_pending WHERE projection = $1 LIMIT $2)
             GROUP BY order_id`,
      values: [name, limit],
    })
    return rows.flatMap(toStored)
  },

  async pendingCount(name) {
    const { rows } = await pool.query<{ count: number }>(
      "SELECT count(*) FROM projection_pending WHERE projection = $1",
      [name],
    )
    return rows[0]?.count ?? 0
  },

  async followed(name, orders) {
    // Nobody is waited for: neither another projector nor a writer, however long it stays open.
    const { rowCount } = await pool.query({
      name: "projection-followed",
      text: `DELETE FROM projection_pending WHERE projection = $1 AND order_id IN (
               SELECT pending.order_id FROM projection_pending AS pending
               JOIN unnest($2::uuid[], $3::int[]) AS done (id, version) ON pending.order_id = done.id
               WHERE pending.projection = $1 AND pending.version <= done.version
               FOR UPDATE OF pending SKIP LOCKED)`,
      values: [name, orders.map(({ id }) => id), orders.map(({ version }) => version)],
    })
    return rowCount ?? 0
  },

  async markAll(name) {
    const { rowCount } = await pool.query(
      `INSERT INTO projection_pending (projection, order_id, version)
       SELECT $1, id, version FROM orders ORDER BY id
       ON CONFLICT (projection, order_id) DO NOTHING`,
      [name],
    )
    return rowCount ?? 0
  },
})
