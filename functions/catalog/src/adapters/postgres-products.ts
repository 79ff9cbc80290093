import { inTransaction } from "@eshop/building-blocks/postgres/pool"
import type { Product } from "@eshop/domain/catalog/product"
import type { Currency } from "@eshop/domain/money"
import type pg from "pg"
import type { Products } from "../products/ports.ts"

type Row = {
  id: string
  name: string
  categories: string[]
  description: string
  image_file: string
  amount: number
  currency: Currency
  version: number
}

const columns = "id, name, categories, description, image_file, amount, currency, version"

const toProduct = (row: Row): Product => ({
  id: row.id,
  name: row.name,
  categories: row.categories,
  description: row.description,
  imageFile: row.image_file,
  price: { amount: row.amount, currency: row.currency },
  version: row.version,
})

export const postgresProducts = (pool: pg.Pool): Products => ({
  async list({ category, after, limit }) {
    const { rows } = await pool.query<Row>(
      `SELECT ${columns} FROM product
       WHERE ($1::text IS NULL OR $1 = ANY (categories))
         AND ($2::text IS NULL OR (name, id) > ($2, $3::uuid))
       ORDER BY name, id LIMIT $4`,
      [category ?? null, after?.name ?? null, after?.id ?? null, limit],
    )
    return rows.map(toProduct)
  },

  async count({ category }) {
    const { rows } = await pool.query<{ count: number }>(
      "SELECT count(*) FROM product WHERE $1::text IS NULL OR $1 = ANY (categories)",
      [category ?? null],
    )
    return rows[0]?.count ?? 0
  },

  async find(id) {
    const { rows } = await pool.query<Row>({
      name: "product-find",
      text: `SELECT ${columns} FROM product WHERE id = $1`,
      values: [id],
    })
    return rows[0] && toProduct(rows[0])
  },

  async addMissing(tx, products) {
    const added: Product[] = []
    for (const { onHand, ...product } of products) {
      const { rowCount } = await inTransaction(tx).query(
        `INSERT INTO product (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
        [
          product.id,
          product.name,
          product.categories,
          product.description,
          product.imageFile,
          product.price.amount,
          product.price.currency,
          product.version,
        ],
      )
      if (rowCount === 0) continue
      await inTransaction(tx).query("INSERT INTO stock (product_id, on_hand) VALUES ($1, $2)", [
        product.id,
        onHand,
      ])
      added.push(product)
    }
    return added
  },
})
