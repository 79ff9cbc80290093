import type pg from "pg"
import type { Projection } from "../orders/ports.ts"
import { replayed } from "./replayed.ts"

type Row = { order_id: string; events: unknown[] }

/**
 * @param pool what it marks is marked again when it is lost, so its commits need not wait for the disk
 * @param marked hears that all orders were marked
 */
export const postgresProjection = (pool: pg.Pool, marked: () => void = () => {}): Projection => ({
  async pending(name, limit) {
    const { rows } = await pool.query<Row>({
      name: "projection-pending",
      text: `SELECT order_id, json_agg(event ORDER BY version) AS events
             FROM order_event WHERE order_id IN (
               SELECT order_id FROM projection_pending WHERE projection = $1 LIMIT $2)
             GROUP BY order_id`,
      values: [name, limit],
    })
    return rows.flatMap(({ order_id, events }) => replayed(order_id, events))
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
    marked()
    return rowCount ?? 0
  },
})
