import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type pg from "pg"
import type { ErasureRequest, ErasureRequests } from "../privacy/ports.ts"

const columns = `customer_id AS "customerId", requested_at AS "requestedAt"`

/**
 * Requests to be forgotten, as a PostgreSQL table. A moment is cut to the milliseconds that a date has, so that it comes
 * back as it is.
 */
export const postgresErasureRequests = (pool: pg.Pool): ErasureRequests => ({
  async put(tx, customerId) {
    const { rows } = await inTransaction(tx).query<ErasureRequest>(
      `INSERT INTO erasure_request (customer_id, requested_at, look_at)
       VALUES ($1, date_trunc('milliseconds', clock_timestamp()), clock_timestamp() + interval '1 minute')
       ON CONFLICT (customer_id) DO UPDATE SET requested_at = excluded.requested_at, look_at = excluded.look_at
       RETURNING ${columns}`,
      [customerId],
    )
    return rows[0] as ErasureRequest
  },

  async find(customerId) {
    const { rows } = await pool.query<ErasureRequest>(
      `SELECT ${columns} FROM erasure_request WHERE customer_id = $1`,
      [customerId],
    )
    return rows[0]
  },

  async due(limit) {
    const { rows } = await pool.query<ErasureRequest>(
      `SELECT ${columns} FROM erasure_request WHERE look_at <= now() ORDER BY look_at LIMIT $1`,
      [limit],
    )
    return rows
  },

  async postpone(customerId) {
    await pool.query(
      "UPDATE erasure_request SET look_at = now() + interval '10 minutes' WHERE customer_id = $1",
      [customerId],
    )
  },

  async remove(tx, { customerId, requestedAt }) {
    const { rowCount } = await inTransaction(tx).query(
      "DELETE FROM erasure_request WHERE customer_id = $1 AND requested_at = $2",
      [customerId, requestedAt],
    )
    return rowCount === 1
  },
})
