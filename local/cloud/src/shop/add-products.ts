import { SEED_STOCK } from "@eshop/domain/seed"
import { seedCategories, seedCategoryPath } from "@eshop/domain/seed/categories"
import { generatedProduct } from "@eshop/domain/seed/generated"
import { seedPriceOf } from "@eshop/domain/seed/seed-product"
import type pg from "pg"

/** Products of one transaction: well below a second. */
const CHUNK = 1_000
const POLL_MS = 500

// Whatever is there already stays as it is; a product that is new brings its slug, categories, variants, prices and
// stock, and waits for its entry in the search. $1: products, $2: variants, $3: units of each variant.
const insert = `
  WITH given AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS product (id uuid, slug text, name jsonb, description jsonb,
      brand text, attributes jsonb, images jsonb, category uuid, path uuid[], at timestamptz)
  ), product AS (
    INSERT INTO product (id, slug, name, description, brand, attributes, images, status, featured, categories, category_path, version,
      updated_at)
    SELECT id, slug, name, description, brand, attributes, images, 'published', false, ARRAY[category], path, 1, at
    FROM given
    ON CONFLICT DO NOTHING RETURNING id
  ), slug AS (
    INSERT INTO product_slug (slug, product_id) SELECT slug, id FROM given JOIN product USING (id)
  ), category AS (
    INSERT INTO product_category (product_id, category_id) SELECT id, category FROM given JOIN product USING (id)
  ), variant AS (
    SELECT variant.* FROM jsonb_to_recordset($2::jsonb) AS variant (sku text, id uuid, place integer, options jsonb,
      image text, amount bigint, currency text, "taxCategory" text, at timestamptz) JOIN product USING (id)
  ), sold AS (
    INSERT INTO variant (sku, product_id, place, options, min_quantity, quantity_step, backorder, image)
    SELECT sku, id, place, options, 1, 1, false, image FROM variant
  ), price AS (
    INSERT INTO price (id, sku, amount, currency, min_quantity, tax_category, includes_tax, recorded_at)
    SELECT gen_random_uuid(), sku, amount, currency, 1, "taxCategory", true, at FROM variant
  ), stock AS (
    INSERT INTO stock (sku, on_hand) SELECT sku, $3::integer FROM variant
  )
  INSERT INTO search_stale (product_id) SELECT id FROM product`

function valuesOf(
  from: number,
  to: number,
  seed: number,
): [products: string, variants: string, stock: number] {
  const products = Array.from({ length: to - from }, (_, place) => generatedProduct(from + place, seed))
  return [
    JSON.stringify(
      products.map(({ id, slug, name, description, brand, attributes, images, categories, updatedAt }) => ({
        ...{ id, slug, name, description, brand, attributes, images },
        ...{ category: categories[0], path: seedCategoryPath(categories), at: updatedAt },
      })),
    ),
    JSON.stringify(
      products.flatMap((product) =>
        product.variants.map(({ sku, options, image }, place) => {
          const { unitPrice, taxCategory } = seedPriceOf(product, sku)
          return {
            ...{ sku, id: product.id, place, options, image, taxCategory },
            ...unitPrice,
            at: product.updatedAt,
          }
        }),
      ),
    ),
    SEED_STOCK,
  ]
}

/** @throws when the categories that generated products are put in are not there */
async function requireCategories(database: pg.Client): Promise<void> {
  const { rows } = await database.query<{ known: number }>(
    "SELECT count(*)::integer AS known FROM category WHERE id = ANY ($1::uuid[])",
    [seedCategories.map(({ id }) => id)],
  )
  if (rows[0]?.known !== seedCategories.length)
    throw new Error("The seed catalogue's categories are missing: let Catalog run once with SEED=true")
}

/**
 * Adds generated products to a Catalog database until it has this many of a seed. Those that are there stay; it may be
 * ended and run again.
 * @param onProgress hears how many are done
 * @returns how many were new
 */
export async function addProducts(
  database: pg.Client,
  { count, seed }: { count: number; seed: number },
  onProgress: (done: number) => void,
): Promise<number> {
  await requireCategories(database)
  let added = 0
  for (let from = 0; from < count; from += CHUNK) {
    const to = Math.min(count, from + CHUNK)
    added += (await database.query(insert, valuesOf(from, to, seed))).rowCount ?? 0
    onProgress(to)
  }
  if (added > 0) await database.query("ANALYZE product, variant, price, stock, product_category")
  return added
}

/**
 * Waits until the search knows every product: the running Catalog's timer sees to it.
 * @param onProgress hears how many are left whenever that has changed; the last time 0
 */
export async function awaitSearch(database: pg.Client, onProgress: (pending: number) => void): Promise<void> {
  for (let told = -1; told !== 0; ) {
    const { rows } = await database.query<{ pending: number }>(
      "SELECT count(*)::integer AS pending FROM search_stale",
    )
    const pending = rows[0]?.pending ?? 0
    if (pending !== told) onProgress(pending)
    told = pending
    if (pending > 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  await database.query("ANALYZE search_entry")
}
