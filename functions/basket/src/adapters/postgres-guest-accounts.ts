import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type pg from "pg"
import type { GuestAccounts } from "../privacy/ports.ts"

/** Which guest became which customer, in PostgreSQL. */
export const postgresGuestAccounts = (pool: pg.Pool): GuestAccounts => ({
  async add(tx, guestId, customerId) {
    await inTransaction(tx).query({
      name: "guest-account-add",
      text: `INSERT INTO guest_account (guest_id, customer_id) VALUES ($1, $2) ON CONFLICT (guest_id) DO NOTHING`,
      values: [guestId, customerId],
    })
  },

  async guestsOf(customerId, limit) {
    const { rows } = await pool.query<{ guestId: string; mergedAt: Date }>({
      name: "guest-accounts-of-customer",
      text: `SELECT guest_id AS "guestId", merged_at AS "mergedAt" FROM guest_account
             WHERE customer_id = $1 ORDER BY merged_at DESC LIMIT $2`,
      values: [customerId, limit],
    })
    return rows.map(({ guestId, mergedAt }) => ({ guestId, mergedAt: mergedAt.toISOString() }))
  },

  async forget(tx, id, until) {
    await inTransaction(tx).query(
      "DELETE FROM guest_account WHERE (guest_id = $1 OR customer_id = $1) AND merged_at <= $2",
      [id, until],
    )
  },
})
