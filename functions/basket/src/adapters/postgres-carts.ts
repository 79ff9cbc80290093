import { inTransaction, sendInTransaction } from "@eshop/building-blocks/store/postgres/pool"
import { type Cart, emptyCart } from "@eshop/domain/basket/cart"
import type pg from "pg"
import type { Carts } from "../cart/ports.ts"

type Row = { content: Omit<Cart, "customerId" | "version">; version: number }

const toCart = (customerId: string, { content, version }: Row): Cart => ({ customerId, ...content, version })

async function find(pool: pg.Pool, customerId: string): Promise<Cart> {
  const { rows } = await pool.query<Row>({
    name: "cart-find",
    text: "SELECT content, version FROM cart WHERE customer_id = $1",
    values: [customerId],
  })
  return rows[0] ? toCart(customerId, rows[0]) : emptyCart(customerId)
}

export const postgresCarts = (pool: pg.Pool): Carts => ({
  find: (customerId) => find(pool, customerId),
  current: (customerId) => find(pool, customerId),

  async lock(tx, customerId) {
    // One statement locks the row whether it is there or not: two first changes cannot both see no cart. One that was
    // given up begins behind its last checkout: no version is checked out twice.
    const { rows } = await inTransaction(tx).query<Row>({
      name: "cart-lock",
      text: `INSERT INTO cart (customer_id, version)
             SELECT $1, coalesce(max(cart_version), 0) FROM checkout WHERE customer_id = $1
             ON CONFLICT (customer_id) DO UPDATE SET version = cart.version
             RETURNING content, version`,
      values: [customerId],
    })
    return toCart(customerId, rows[0] as Row)
  },

  async save(tx, { customerId, version, ...content }, at) {
    sendInTransaction(tx, {
      name: "cart-save",
      text: "UPDATE cart SET content = $2, version = $3, touched_at = $4 WHERE customer_id = $1",
      values: [customerId, JSON.stringify(content), version, at],
    })
  },

  async remove(tx, customerId, until) {
    await inTransaction(tx).query({
      name: "cart-remove",
      text: "DELETE FROM cart WHERE customer_id = $1 AND touched_at <= $2",
      values: [customerId, until],
    })
  },

  async removeAbandoned(tx, { guests, customers }, limit) {
    const { rows } = await inTransaction(tx).query<Row & { customer_id: string; touched_at: Date }>({
      name: "cart-remove-abandoned",
      text: `WITH of_guests AS (
               SELECT customer_id FROM cart WHERE starts_with(customer_id, 'guest-') AND touched_at < $1
               ORDER BY touched_at LIMIT $3 FOR UPDATE SKIP LOCKED
             ), of_customers AS (
               SELECT customer_id FROM cart WHERE NOT starts_with(customer_id, 'guest-') AND touched_at < $2
               ORDER BY touched_at LIMIT $3 FOR UPDATE SKIP LOCKED
             )
             DELETE FROM cart USING (TABLE of_guests UNION ALL TABLE of_customers) AS abandoned
             WHERE cart.customer_id = abandoned.customer_id
             RETURNING cart.customer_id, content, version, touched_at`,
      values: [guests, customers, limit],
    })
    return rows.map(({ customer_id, touched_at, ...row }) => ({
      cart: toCart(customer_id, row),
      touchedAt: touched_at,
    }))
  },
})
