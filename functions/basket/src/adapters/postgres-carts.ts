import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import { type Cart, type CartItem, emptyCart } from "@eshop/domain/basket/cart"
import type pg from "pg"
import type { Carts } from "../cart/ports.ts"

type Row = { items: CartItem[]; version: number }

const toCart = (customerId: string, row: Row): Cart => ({
  customerId,
  items: row.items,
  version: row.version,
})

export const postgresCarts = (pool: pg.Pool): Carts => ({
  async find(customerId) {
    const { rows } = await pool.query<Row>({
      name: "cart-find",
      text: "SELECT items, version FROM cart WHERE customer_id = $1",
      values: [customerId],
    })
    return rows[0] ? toCart(customerId, rows[0]) : emptyCart(customerId)
  },

  async lock(tx, customerId) {
    // One statement locks the row whether it is there or not: two first changes cannot both see no cart.
    const { rows } = await inTransaction(tx).query<Row>({
      name: "cart-lock",
      text: `INSERT INTO cart (customer_id) VALUES ($1)
             ON CONFLICT (customer_id) DO UPDATE SET version = cart.version
             RETURNING items, version`,
      values: [customerId],
    })
    return toCart(customerId, rows[0] as Row)
  },

  async save(tx, { customerId, items, version }, change, at) {
    await inTransaction(tx).query({
      name: "cart-save",
      text: `WITH changed AS (UPDATE cart SET items = $2, version = $3 WHERE customer_id = $1)
             INSERT INTO cart_audit (customer_id, version, change, changed_at) VALUES ($1, $3, $4, $5)`,
      values: [customerId, JSON.stringify(items), version, JSON.stringify(change), at],
    })
  },
})
