import { inTransaction, type Queryable } from "@eshop/building-blocks/store/postgres/pool"
import { mayBeReduced, reductionsOf } from "@eshop/domain/catalog/price-history"
import type { Product } from "@eshop/domain/catalog/product"
import { skuTaken, slugTaken } from "@eshop/domain/catalog/product-rules"
import type { PricedProduct } from "@eshop/domain/catalog/snapshot"
import type pg from "pg"
import type { Prices } from "../prices/ports.ts"
import { OvertakenError, type Products } from "../products/ports.ts"
import { lockCategoryTree } from "./category-tree-lock.ts"
import { postgresPrices } from "./postgres-prices.ts"
import { postgresProductList } from "./postgres-product-list.ts"
import { addRows, placed, putCategories, putSlugs, putVariants, saveRows } from "./postgres-product-parts.ts"

export type ProductRow = Omit<PricedProduct, "brand" | "updatedAt"> & {
  brand: string | null
  updated_at: Date
}

const instant = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

// A product with its variants and their prices as one row; variants and prices are JSON as the domain has them.
export const productRows = `
  SELECT id, slug, name, description, brand, attributes, images, featured, status, version, updated_at,
         categories, category_path AS "categoryPath",
         coalesce((SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
                     'sku', sku, 'gtin', gtin, 'options', options, 'backorder', backorder, 'image', image,
                     'quantity', jsonb_build_object('min', min_quantity, 'max', max_quantity, 'step', quantity_step),
                     'prices', coalesce(prices, '[]'))) ORDER BY place)
                   FROM variant LEFT JOIN LATERAL (
                     SELECT jsonb_agg(jsonb_build_object(
                              'unitPrice', jsonb_build_object('amount', amount, 'currency', currency),
                              'minQuantity', price.min_quantity, 'customerGroup', customer_group,
                              'validFrom', ${instant("valid_from")}, 'validUntil', ${instant("valid_until")},
                              'taxCategory', tax_category, 'includesTax', includes_tax)
                              ORDER BY customer_group NULLS FIRST, price.min_quantity, valid_from NULLS FIRST, id)
                            AS prices
                     FROM price WHERE price.sku = variant.sku AND superseded_at IS NULL) standing ON true
                   WHERE product_id = product.id AND place IS NOT NULL), '[]') AS variants
  FROM product`

export const toProduct = ({ brand, updated_at, ...product }: ProductRow): PricedProduct => ({
  ...product,
  ...(brand !== null && { brand }),
  updatedAt: updated_at.toISOString(),
})

/** A product with its reductions: the history of prices is read where there can be one, and nowhere else. */
async function withReductions(prices: Prices, product: PricedProduct): Promise<PricedProduct> {
  const skus = product.variants.filter(({ prices }) => mayBeReduced(prices)).map(({ sku }) => sku)
  if (skus.length === 0) return product
  const rows = await prices.recent(skus)
  return {
    ...product,
    variants: product.variants.map((variant) => {
      const reductions = reductionsOf(rows.get(variant.sku) ?? [])
      return reductions.length > 0 ? { ...variant, reductions } : variant
    }),
  }
}

export const postgresProducts = (pool: pg.Pool, prices = postgresPrices(pool)): Products => ({
  ...postgresProductList(pool),

  async find(id) {
    const { rows } = await pool.query<ProductRow>({
      name: "product-find",
      text: `${productRows} WHERE id = $1`,
      values: [id],
    })
    return rows[0] && withReductions(prices, toProduct(rows[0]))
  },

  async lock(tx, id) {
    const connection = inTransaction(tx)
    const text = "SELECT FROM product WHERE id = $1 FOR UPDATE"
    await connection.query({ name: "product-lock", text, values: [id] })
    // A statement of its own: one that has waited for the lock sees variants and prices as they were before.
    const { rows } = await connection.query<ProductRow>({
      name: "product-locked",
      text: `${productRows} WHERE id = $1`,
      values: [id],
    })
    return rows[0] && toProduct(rows[0])
  },

  async findBySlug(slug) {
    const { rows } = await pool.query<ProductRow>({
      name: "product-find-by-slug",
      text: `${productRows} WHERE id = (SELECT product_id FROM product_slug WHERE slug = $1)`,
      values: [slug],
    })
    return rows[0] && withReductions(prices, toProduct(rows[0]))
  },

  async findBySku(sku) {
    const { rows } = await pool.query<ProductRow>({
      name: "product-find-by-sku",
      text: `${productRows} WHERE id = (SELECT product_id FROM variant WHERE sku = $1)`,
      values: [sku],
    })
    return rows[0] && withReductions(prices, toProduct(rows[0]))
  },

  pathOf: (tx, categories) => lockedPathOf(inTransaction(tx), categories),

  async add(tx, product, path) {
    await addRows(inTransaction(tx), [{ product, path }])
    return putParts(inTransaction(tx), product)
  },

  async save(tx, product, path) {
    await saveRows(inTransaction(tx), [{ product, path }])
    return putParts(inTransaction(tx), product)
  },

  async write(tx, { added, changed, slugs, dropped }) {
    const connection = inTransaction(tx)
    const products = [...added, ...changed].map(({ product }) => product)
    if (products.length === 0) return
    if (added.length > 0) await addRows(connection, added)
    if (changed.length > 0) await saveRows(connection, changed)
    const taken = await putSlugs(connection, slugs)
    await putCategories(connection, products)
    const left = dropped.map((variant) => ({ ...variant, place: null }))
    const ids = products.map(({ id }) => id)
    const sold = await putVariants(connection, ids, [...placed(products), ...left])
    if (taken.length + sold.length > 0) throw new OvertakenError()
  },

  async lockUnder(tx, categoryId, after, limit) {
    const { rows } = await inTransaction(tx).query<{ id: string }>({
      name: "product-lock-under",
      text: `SELECT id FROM product WHERE category_path @> ARRAY[$1::uuid] AND id > $2
             ORDER BY id LIMIT $3 FOR UPDATE`,
      values: [categoryId, after, limit],
    })
    return rows.map(({ id }) => id)
  },

  async follow(tx, ids, at) {
    const connection = inTransaction(tx)
    await lockCategoryTree(connection, "shared")
    const { rows: moved } = await connection.query<{ id: string }>({
      name: "product-follow",
      text: `UPDATE product SET category_path = today.path, version = version + 1, updated_at = $2
             FROM (SELECT id, ARRAY(${pathOfThose("SELECT unnest(categories)")})
                   FROM product WHERE id = ANY ($1::uuid[])) AS today (id, path)
             WHERE product.id = today.id AND category_path <> today.path
             RETURNING product.id`,
      values: [ids, at],
    })
    const { rows } = await connection.query<ProductRow>({
      name: "product-read",
      text: `${productRows} WHERE id = ANY ($1::uuid[])`,
      values: [moved.map(({ id }) => id)],
    })
    return rows.map(toProduct)
  },

  async addMissing(tx, candidates, onHand) {
    const connection = inTransaction(tx)
    const paths = new Map<string, string[]>()
    for (const { categories } of candidates)
      if (!paths.has(`${categories}`)) paths.set(`${categories}`, await lockedPathOf(connection, categories))
    const rows = candidates.map((product) => ({ product, path: paths.get(`${product.categories}`) ?? [] }))
    const ids = await addRows(connection, rows)
    const added = candidates.filter(({ id }) => ids.has(id))
    const owners = new Map(added.map(({ slug, id }) => [slug, id]))
    const given = added.filter(({ slug, id }) => owners.get(slug) !== id).map(({ slug }) => slug)
    const slugs = await putSlugs(connection, owners)
    await putCategories(connection, added)
    const skus = await putVariants(connection, [...ids], placed(added))
    const taken = [...given, ...slugs, ...skus]
    if (taken.length > 0) throw new Error(`others have ${taken.join(", ")}`)
    await connection.query("INSERT INTO stock (sku, on_hand) SELECT unnest($1::text[]), $2", [
      added.flatMap(({ variants }) => variants.map(({ sku }) => sku)),
      onHand,
    ])
    return added
  },
})

/** Writes what lies beside a product's row. */
async function putParts(connection: Queryable, product: Product) {
  const { id, slug } = product
  if ((await putSlugs(connection, new Map([[slug, id]]))).length > 0) return slugTaken({ slug })
  await putCategories(connection, [product])
  const skus = await putVariants(connection, [id], placed([product]))
  return skus.length > 0 ? skuTaken({ skus: [...skus] }) : undefined
}

/** These categories and all that they lie under, each once and in one order. @param those a query of ids */
const pathOfThose = (those: string) => `
  WITH RECURSIVE path AS (
    SELECT id, parent_id FROM category WHERE id IN (${those})
    UNION SELECT category.id, category.parent_id FROM category JOIN path ON category.id = path.parent_id
  ) SELECT id FROM path ORDER BY id`

async function lockedPathOf(connection: Queryable, categories: readonly string[]): Promise<string[]> {
  if (categories.length === 0) return []
  await lockCategoryTree(connection, "shared")
  const { rows } = await connection.query<{ id: string }>({
    name: "category-path",
    text: pathOfThose("SELECT unnest($1::uuid[])"),
    values: [categories],
  })
  return rows.map(({ id }) => id)
}
