import { inTransaction } from "@eshop/building-blocks/postgres/pool"
import type { Currency } from "@eshop/domain/money"
import type pg from "pg"
import type { ProductCopies } from "../products/ports.ts"

type Row = { product_id: string; name: string; amount: number; currency: Currency; version: number }

export const postgresProductCopies = (pool: pg.Pool): ProductCopies => ({
  async find(productIds) {
    const { rows } = await pool.query<Row>({
      name: "product-copy-find",
      text: "SELECT product_id, name, amount, currency, version FROM product_copy WHERE product_id = ANY ($1::uuid[])",
      values: [productIds],
    })
    return rows.map((row) => ({
      productId: row.product_id,
      name: row.name,
      price: { amount: row.amount, currency: row.currency },
      version: row.version,
    }))
  },

  async keep({ productId, name, price, version }, tx) {
    const connection = tx ? inTransaction(tx) : pool
    await connection.query({
      name: "product-copy-keep",
      text: `INSERT INTO product_copy (product_id, name, amount, currency, version) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (product_id) DO UPDATE
             SET name = excluded.name, amount = excluded.amount, currency = excluded.currency,
                 version = excluded.version
             WHERE product_copy.version < excluded.version`,
      values: [productId, name, price.amount, price.currency, version],
    })
  },
})
