import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type pg from "pg"
import type { PaymentWatch } from "../payments/ports.ts"

/** The one provider that there is. */
const PROVIDER = "stripe"

type Row = { settled_until: Date; window_end: Date | null; after_payment: string | null }

export const postgresPaymentWatch = (pool: pg.Pool): PaymentWatch => ({
  async until() {
    const { rows } = await pool.query<Row>(
      "SELECT settled_until, window_end, after_payment FROM payment_reconciliation WHERE provider = $1",
      [PROVIDER],
    )
    const [row] = rows
    return (
      row && {
        from: row.settled_until,
        ...(row.window_end && { to: row.window_end }),
        ...(row.after_payment !== null && { after: row.after_payment }),
      }
    )
  },

  async moveTo({ from, to, after }) {
    await pool.query(
      `INSERT INTO payment_reconciliation (provider, settled_until, window_end, after_payment)
       VALUES ($1, $2, $3, $4)
       ON CONFLICT (provider) DO UPDATE SET settled_until = $2, window_end = $3, after_payment = $4`,
      [PROVIDER, from, to ?? null, after ?? null],
    )
  },

  async watched(limit) {
    const { rows } = await pool.query<{ payment_id: string; order_id: string }>(
      "SELECT payment_id, order_id FROM payment_watch ORDER BY since, payment_id LIMIT $1",
      [limit],
    )
    return rows.map(({ payment_id: paymentId, order_id: orderId }) => ({ paymentId, orderId }))
  },

  async watch(tx, { paymentId, orderId }, now) {
    await inTransaction(tx).query({
      name: "payment-watch",
      text: `INSERT INTO payment_watch (payment_id, order_id, since) VALUES ($1, $2, $3)
             ON CONFLICT (payment_id) DO UPDATE SET since = $3`,
      values: [paymentId, orderId, now],
    })
  },

  async settled(paymentId) {
    await pool.query("DELETE FROM payment_watch WHERE payment_id = $1", [paymentId])
  },
})
