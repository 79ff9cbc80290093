import { inTransaction, type Queryable } from "@eshop/building-blocks/store/postgres/pool"
import type pg from "pg"
import type { BulkCategory, BulkNames, BulkProducts } from "../bulk/ports.ts"
import { lockCategoryTree } from "./category-tree-lock.ts"
import { type ProductRow, productRows, toProduct } from "./postgres-products.ts"

// $1: ids, $2: slugs, $3: SKUs.
const named = `
  SELECT unnest($1::uuid[]) UNION SELECT product_id FROM product_slug WHERE slug = ANY ($2::text[])
  UNION SELECT product_id FROM variant WHERE sku = ANY ($3::text[])`

/** There is no row to lock yet where two are about to add the same product. Everybody locks in the same order. */
async function lockNames(connection: Queryable, { ids, slugs }: BulkNames): Promise<void> {
  await connection.query({
    name: "bulk-lock-names",
    text: `SELECT pg_advisory_xact_lock(key) FROM (
             SELECT DISTINCT hashtextextended('bulk-product ' || name, 0) AS key
             FROM unnest($1::text[]) AS name ORDER BY key) AS keys`,
    values: [[...ids.map((id) => `id ${id}`), ...slugs.map((slug) => `slug ${slug}`)]],
  })
}

/** @returns the product of each of these names */
async function ownersOf(connection: Queryable, table: "product_slug" | "variant", names: readonly string[]) {
  const column = table === "variant" ? "sku" : "slug"
  const { rows } = await connection.query<{ name: string; id: string }>({
    name: `bulk-owners-by-${column}`,
    text: `SELECT ${column} AS name, product_id AS id FROM ${table} WHERE ${column} = ANY ($1::text[])`,
    values: [names],
  })
  return new Map(rows.map(({ name, id }) => [name, id]))
}

async function categoriesOf(connection: Queryable, slugs: readonly string[]): Promise<BulkCategory[]> {
  if (slugs.length === 0) return []
  await lockCategoryTree(connection, "shared")
  const { rows } = await connection.query<BulkCategory>({
    name: "bulk-categories",
    text: `WITH RECURSIVE path AS (
             SELECT slug, id AS category_id, id, parent_id FROM category WHERE slug = ANY ($1::text[])
             UNION SELECT path.slug, category_id, category.id, category.parent_id
             FROM category JOIN path ON category.id = path.parent_id
           ) SELECT slug, category_id AS id, array_agg(id ORDER BY id) AS path FROM path GROUP BY slug, category_id`,
    values: [slugs],
  })
  return rows
}

export const postgresBulkProducts = (pool: pg.Pool): BulkProducts => ({
  async lock(tx, names) {
    const connection = inTransaction(tx)
    const { ids, slugs, skus, categories } = names
    await lockNames(connection, names)
    // Whoever refers to a product, such as a search entry that an order makes, does not wait for this lock.
    await connection.query({
      name: "bulk-lock-products",
      text: `SELECT FROM product WHERE id IN (${named}) ORDER BY id FOR NO KEY UPDATE`,
      values: [ids, slugs, skus],
    })
    const { rows } = await connection.query<ProductRow>({
      // Planned each time: an import makes small tables large.
      text: `${productRows} WHERE id IN (${named})`,
      values: [ids, slugs, skus],
    })
    return {
      products: rows.map(toProduct),
      slugs: await ownersOf(connection, "product_slug", slugs),
      skus: await ownersOf(connection, "variant", skus),
      categories: await categoriesOf(connection, categories),
    }
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
