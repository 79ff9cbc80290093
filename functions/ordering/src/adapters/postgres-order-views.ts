import type pg from "pg"
import type { OrderDetails, OrderView } from "../orders/order-views.ts"
import type { OrderViews } from "../orders/ports.ts"

export const postgresOrderViews = (pool: pg.Pool): OrderViews => ({
  async put(orders) {
    // Rows in one order, so that two projectors at work on the same orders cannot wait for each other in a circle.
    const sorted = [...orders].sort((a, b) => (a.view.id < b.view.id ? -1 : 1))
    await pool.query({
      name: "order-view-put",
      text: `INSERT INTO order_view (id, customer_id, status, submitted_at, version, view, details)
             SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::int[], $6::jsonb[], $7::jsonb[])
             ON CONFLICT (id) DO UPDATE
             SET customer_id = excluded.customer_id, status = excluded.status, submitted_at = excluded.submitted_at,
                 version = excluded.version, view = excluded.view, details = excluded.details
             WHERE order_view.version <= excluded.version`,
      values: [
        sorted.map(({ view }) => view.id),
        sorted.map(({ view }) => view.customerId),
        sorted.map(({ view }) => view.status),
        sorted.map(({ view }) => view.submittedAt),
        sorted.map(({ version }) => version),
        sorted.map(({ view }) => JSON.stringify(view)),
        sorted.map(({ details }) => JSON.stringify(details)),
      ],
    })
  },

  async find(customerId, id) {
    const { rows } = await pool.query<{ details: OrderDetails }>({
      name: "order-view-find",
      text: "SELECT details FROM order_view WHERE id = $1 AND customer_id = $2",
      values: [id, customerId],
    })
    return rows[0]?.details
  },

  async list(customerId, { status, from, before }, after, limit) {
    const { rows } = await pool.query<{ view: OrderView }>({
      name: "order-view-list",
      text: `SELECT view FROM order_view
             WHERE customer_id = $1 AND ($2::timestamptz IS NULL OR (submitted_at, id) < ($2, $3::uuid))
               AND ($5::text IS NULL OR status = $5)
               AND ($6::timestamptz IS NULL OR submitted_at >= $6)
               AND ($7::timestamptz IS NULL OR submitted_at < $7)
             ORDER BY submitted_at DESC, id DESC LIMIT $4`,
      values: [
        customerId,
        after?.submittedAt ?? null,
        after?.id ?? null,
        limit,
        status ?? null,
        from ?? null,
        before ?? null,
      ],
    })
    return rows.map((row) => row.view)
  },

  async distrust() {
    await pool.query(
      "DELETE FROM order_view WHERE NOT EXISTS (SELECT FROM orders WHERE orders.id = order_view.id)",
    )
    await pool.query("UPDATE order_view SET version = 0")
  },
})
