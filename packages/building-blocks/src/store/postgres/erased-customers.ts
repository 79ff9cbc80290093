import type pg from "pg"
import type { ErasedCustomers } from "../../personal-data/erased-customers.ts"
import { inTransaction } from "./pool.ts"

type Row = { customer_id: string; erased_until: Date }

/** Whom a context has forgotten, as a PostgreSQL table. */
export const postgresErasedCustomers = (pool: pg.Pool): ErasedCustomers => ({
  async record(tx, { customerId, until }) {
    await inTransaction(tx).query(
      `INSERT INTO erased_customer (customer_id, erased_until) VALUES ($1, $2)
       ON CONFLICT (customer_id) DO UPDATE
       SET erased_until = greatest(erased_customer.erased_until, excluded.erased_until)`,
      [customerId, until],
    )
  },

  async find(customerId) {
    const { rows } = await pool.query<Row>(
      "SELECT customer_id, erased_until FROM erased_customer WHERE customer_id = $1",
      [customerId],
    )
    return rows[0]?.erased_until.toISOString()
  },

  async list(after, limit) {
    const { rows } = await pool.query<Row>(
      `SELECT customer_id, erased_until FROM erased_customer
       WHERE $1::text IS NULL OR customer_id > $1 ORDER BY customer_id LIMIT $2`,
      [after ?? null, limit],
    )
    return rows.map(({ customer_id, erased_until }) => ({
      customerId: customer_id,
      until: erased_until.toISOString(),
    }))
  },
})
