import type { Order } from "@eshop/domain/ordering/order"
import type pg from "pg"
import type { Projection } from "../orders/ports.ts"

type Row = { state: Order; version: number }

/** @param pool what it marks is marked again when it is lost, so its commits need not wait for the disk */
export const postgresProjection = (pool: pg.Pool): Projection => ({
  async lagging(limit) {
    const { rows } = await pool.query<Row>({
      name: "order-lagging",
      text: "SELECT state, version FROM orders WHERE projected_version < version LIMIT $1",
      values: [limit],
    })
    return rows.map((row) => ({ order: row.state, version: row.version }))
  },

  async caughtUp(orders) {
    await pool.query({
      name: "order-caught-up",
      text: `UPDATE orders SET projected_version = p.version
             FROM unnest($1::uuid[], $2::int[]) AS p (id, version)
             WHERE orders.id = p.id AND orders.projected_version < p.version`,
      values: [orders.map(({ id }) => id), orders.map(({ version }) => version)],
    })
  },
})
