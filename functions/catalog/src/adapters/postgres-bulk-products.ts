import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type pg from "pg"
import type { BulkProducts, ProductKey } from "../bulk/ports.ts"
import { type ProductRow, productRows, toProduct } from "./postgres-products.ts"

const keyOf = (by: ProductKey): { name: "id" | "slug" | "sku"; value: string } => {
  if ("id" in by) return { name: "id", value: by.id }
  return "slug" in by ? { name: "slug", value: by.slug } : { name: "sku", value: by.sku }
}

const idBy = {
  id: "$1::uuid",
  slug: "(SELECT product_id FROM product_slug WHERE slug = $1)",
  sku: "(SELECT product_id FROM variant WHERE sku = $1)",
}

export const postgresBulkProducts = (pool: pg.Pool): BulkProducts => ({
  async lock(tx, by) {
    const connection = inTransaction(tx)
    const { name, value } = keyOf(by)
    // There is no row to lock yet where two are about to add the same product.
    if (name !== "sku")
      await connection.query({
        name: "bulk-lock-key",
        text: "SELECT pg_advisory_xact_lock(hashtextextended('bulk-product ' || $1, 0))",
        values: [`${name} ${value}`],
      })
    const { rows } = await connection.query<{ id: string; version: number }>({
      name: `bulk-lock-${name}`,
      text: `SELECT id, version FROM product WHERE id = ${idBy[name]} FOR UPDATE`,
      values: [value],
    })
    return rows[0]
  },

  async categoryIds(tx, slugs) {
    if (slugs.length === 0) return new Map()
    const { rows } = await inTransaction(tx).query<{ slug: string; id: string }>({
      name: "bulk-categories",
      text: "SELECT slug, id FROM category WHERE slug = ANY ($1::text[])",
      values: [slugs],
    })
    return new Map(rows.map(({ slug, id }) => [slug, id]))
  },

  async page({ after, limit, status }) {
    const { rows } = await pool.query<ProductRow>(
      `${productRows}
       WHERE ($1::uuid IS NULL OR id > $1) AND ($2::text IS NULL OR status = $2) ORDER BY id LIMIT $3`,
      [after ?? null, status ?? null, limit],
    )
    return rows.map(toProduct)
  },
})
