import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type { Checkout } from "@eshop/domain/contracts/basket-events"
import type pg from "pg"
import type { Customers } from "../privacy/ports.ts"

/** What Basket keeps by customer, in PostgreSQL. */
export const postgresCustomers = (pool: pg.Pool): Customers => ({
  async checkouts(customerId, limit) {
    const { rows } = await pool.query<{ checkout: Checkout; checkedOutAt: Date }>({
      name: "checkouts-of-customer",
      text: `SELECT data AS checkout, created_at AS "checkedOutAt" FROM checkout
             WHERE customer_id = $1 ORDER BY cart_version DESC LIMIT $2`,
      values: [customerId, limit],
    })
    return rows
  },

  async removeCheckouts(tx, customerId) {
    await inTransaction(tx).query(
      `DELETE FROM checkout WHERE customer_id = $1
       AND NOT EXISTS (SELECT FROM personal_data WHERE subject = checkout.id::text)`,
      [customerId],
    )
  },

  async forgetAddresses(tx, before, limit) {
    const client = inTransaction(tx)
    const { rows } = await client.query<{ customer_id: string }>(
      `DELETE FROM personal_data WHERE subject IN (
         SELECT subject FROM personal_data WHERE kept_at < $1 ORDER BY kept_at LIMIT $2)
       RETURNING customer_id`,
      [before, limit],
    )
    const customerIds = [...new Set(rows.map(({ customer_id }) => customer_id))].sort()
    // Whoever checks out at the moment holds the key: it is waited for, and its address is seen by the next statement.
    await client.query(
      "SELECT FROM customer_key WHERE customer_id = ANY($1::text[]) ORDER BY customer_id FOR UPDATE",
      [customerIds],
    )
    await client.query(
      `DELETE FROM customer_key WHERE customer_id = ANY($1::text[])
       AND NOT EXISTS (SELECT FROM personal_data WHERE personal_data.customer_id = customer_key.customer_id)`,
      [customerIds],
    )
    return rows.length
  },

  async forgetTrails(before, limit) {
    const { rowCount } = await pool.query(
      `DELETE FROM audit WHERE position IN (
         SELECT position FROM audit WHERE at < $1 AND starts_with(subject, 'cart ') ORDER BY position LIMIT $2)`,
      [before, limit],
    )
    return rowCount ?? 0
  },

  async forgetMerges(tx, customerId) {
    await inTransaction(tx).query(
      `WITH own AS (
         SELECT position, change->>'customerId' AS other FROM audit
         WHERE subject = 'cart ' || $1 AND action IN ('merged-from', 'merged-into')
       ), others AS (
         SELECT position FROM audit
         WHERE subject IN (SELECT 'cart ' || other FROM own) AND change->>'customerId' = $1
       )
       UPDATE audit SET change = change - 'customerId', caller = CASE WHEN caller = $1 THEN NULL ELSE caller END
       WHERE position IN (SELECT position FROM own UNION ALL SELECT position FROM others)`,
      [customerId],
    )
  },
})
