import type { Order } from "@eshop/domain/ordering/order"
import type pg from "pg"
import type { UnfinishedOrders } from "../fulfilment/ports.ts"

type Row = { changed_at: Date | null; order_id: string | null; round_began_at: Date }

export const postgresUnfinishedOrders = (pool: pg.Pool): UnfinishedOrders => ({
  async after(position, unchangedSince, limit) {
    const { rows } = await pool.query<{ state: Order }>({
      name: "orders-unfinished",
      text: `SELECT state FROM orders
             WHERE unfinished AND changed_at <= $1
               AND ($2::timestamptz IS NULL OR (changed_at, id) > ($2, $3::uuid))
             ORDER BY changed_at, id LIMIT $4`,
      values: [unchangedSince, position?.changedAt ?? null, position?.orderId ?? null, limit],
    })
    return rows.map(({ state }) => state)
  },

  async progress() {
    const { rows } = await pool.query<Row>(
      "SELECT changed_at, order_id, round_began_at FROM order_watch WHERE id = 1",
    )
    const [row] = rows
    if (!row) return undefined
    const position =
      row.changed_at && row.order_id
        ? { changedAt: row.changed_at.toISOString(), orderId: row.order_id }
        : undefined
    return { position, roundBeganAt: row.round_began_at.toISOString() }
  },

  async moveTo({ position, roundBeganAt }) {
    await pool.query(
      `INSERT INTO order_watch (id, changed_at, order_id, round_began_at) VALUES (1, $1, $2, $3)
       ON CONFLICT (id) DO UPDATE SET changed_at = $1, order_id = $2, round_began_at = $3`,
      [position?.changedAt ?? null, position?.orderId ?? null, roundBeganAt],
    )
  },
})
