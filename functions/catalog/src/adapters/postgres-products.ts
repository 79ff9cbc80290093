import { inTransaction, type Queryable } from "@eshop/building-blocks/store/postgres/pool"
import type { Product } from "@eshop/domain/catalog/product"
import type pg from "pg"
import type { Products } from "../products/ports.ts"

// A product with its variants as one row; the variants are JSON already as the domain has them.
const products = `
  SELECT id, name, categories, description, image_file AS "imageFile", version,
         coalesce((SELECT jsonb_agg(jsonb_build_object('sku', sku, 'options', options, 'price',
                                    jsonb_build_object('amount', amount, 'currency', currency)) ORDER BY place)
                   FROM variant WHERE product_id = product.id), '[]') AS variants
  FROM product`

export const postgresProducts = (pool: pg.Pool): Products => ({
  async list({ category, after, limit }) {
    const { rows } = await pool.query<Product>({
      name: "product-list",
      text: `${products}
             WHERE ($1::text IS NULL OR $1 = ANY (categories))
               AND ($2::text IS NULL OR (name, id) > ($2, $3::uuid))
             ORDER BY name, id LIMIT $4`,
      values: [category ?? null, after?.name ?? null, after?.id ?? null, limit],
    })
    return rows
  },

  async count({ category }) {
    const { rows } = await pool.query<{ count: number }>({
      name: "product-count",
      text: "SELECT count(*) FROM product WHERE $1::text IS NULL OR $1 = ANY (categories)",
      values: [category ?? null],
    })
    return rows[0]?.count ?? 0
  },

  async find(id) {
    const { rows } = await pool.query<Product>({
      name: "product-find",
      text: `${products} WHERE id = $1`,
      values: [id],
    })
    return rows[0]
  },

  async findBySku(sku) {
    const { rows } = await pool.query<Product>({
      name: "product-find-by-sku",
      text: `${products} WHERE id = (SELECT product_id FROM variant WHERE sku = $1)`,
      values: [sku],
    })
    return rows[0]
  },

  async addMissing(tx, candidates, onHand) {
    const added: Product[] = []
    for (const product of candidates) if (await add(inTransaction(tx), product, onHand)) added.push(product)
    return added
  },
})

/** @returns false when the product is there already */
async function add(connection: Queryable, product: Product, onHand: number): Promise<boolean> {
  const { id, name, categories, description, imageFile, version, variants } = product
  const { rowCount } = await connection.query(
    `INSERT INTO product (id, name, categories, description, image_file, version)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [id, name, categories, description, imageFile, version],
  )
  if (rowCount === 0) return false
  await connection.query(
    `WITH added AS (
       INSERT INTO variant (sku, product_id, place, options, amount, currency)
       SELECT sku, $1, place, options, amount, currency
       FROM unnest($2::text[], $3::jsonb[], $4::bigint[], $5::text[])
            WITH ORDINALITY AS v (sku, options, amount, currency, place)
       RETURNING sku)
     INSERT INTO stock (sku, on_hand) SELECT sku, $6 FROM added`,
    [
      id,
      variants.map(({ sku }) => sku),
      variants.map(({ options }) => JSON.stringify(options)),
      variants.map(({ price }) => price.amount),
      variants.map(({ price }) => price.currency),
      onHand,
    ],
  )
  return true
}
