import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type pg from "pg"
import type { ProviderWatch } from "../payments/ports.ts"

type Row = { settled_until: Date; window_end: Date | null; after_id: string | null }

/** How far one of the payment provider's lists is settled, as PostgreSQL tables. */
export const postgresProviderWatch = (
  pool: pg.Pool,
  list: "payments" | "refunds" | "reports",
): ProviderWatch => ({
  async until() {
    const { rows } = await pool.query<Row>(
      "SELECT settled_until, window_end, after_id FROM provider_reconciliation WHERE list = $1",
      [list],
    )
    const [row] = rows
    return (
      row && {
        from: row.settled_until,
        ...(row.window_end && { to: row.window_end }),
        ...(row.after_id !== null && { after: row.after_id }),
      }
    )
  },

  async moveTo({ from, to, after }) {
    await pool.query(
      `INSERT INTO provider_reconciliation (list, settled_until, window_end, after_id)
       VALUES ($1, $2, $3, $4)
       ON CONFLICT (list) DO UPDATE SET settled_until = $2, window_end = $3, after_id = $4`,
      [list, from, to ?? null, after ?? null],
    )
  },

  async watched(limit) {
    const { rows } = await pool.query<{ id: string; order_id: string }>(
      "SELECT id, order_id FROM provider_watch WHERE list = $1 ORDER BY since, id LIMIT $2",
      [list, limit],
    )
    return rows.map(({ id, order_id: orderId }) => ({ id, orderId }))
  },

  async watch(tx, { id, orderId }, now) {
    await inTransaction(tx).query({
      name: "provider-watch",
      text: `INSERT INTO provider_watch (list, id, order_id, since) VALUES ($1, $2, $3, $4)
             ON CONFLICT (list, id) DO UPDATE SET since = $4`,
      values: [list, id, orderId, now],
    })
  },

  async settled(id) {
    await pool.query("DELETE FROM provider_watch WHERE list = $1 AND id = $2", [list, id])
  },
})
