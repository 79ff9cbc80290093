import { inTransaction, sendInTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type { Checkout } from "@eshop/domain/contracts/basket-events"
import type pg from "pg"
import type { Checkouts } from "../checkout/ports.ts"

export const postgresCheckouts = (pool: pg.Pool): Checkouts => ({
  async add(tx, checkout, cartVersion, at) {
    sendInTransaction(tx, {
      name: "checkout-add",
      text: "INSERT INTO checkout (id, customer_id, cart_version, data, created_at) VALUES ($1, $2, $3, $4, $5)",
      values: [checkout.checkoutId, checkout.customerId, cartVersion, JSON.stringify(checkout), at],
    })
  },

  async find(checkoutId) {
    const { rows } = await pool.query<{ checkout: Checkout; checkedOutAt: Date }>({
      name: "checkout-find",
      text: `SELECT data AS checkout, created_at AS "checkedOutAt" FROM checkout WHERE id = $1`,
      values: [checkoutId],
    })
    return rows[0]
  },

  async giveBack(tx, checkoutId, at) {
    const { rows } = await inTransaction(tx).query<{ data: Checkout }>({
      name: "checkout-give-back",
      text: "UPDATE checkout SET returned_at = $2 WHERE id = $1 AND returned_at IS NULL RETURNING data",
      values: [checkoutId, at],
    })
    return rows[0]?.data
  },
})
