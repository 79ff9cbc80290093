import type { Queryable } from "@eshop/building-blocks/store/postgres/pool"
import type { Product, Variant } from "@eshop/domain/catalog/product"
import type { PlacedProduct } from "../products/ports.ts"

/** A variant and its place among its product's; null: the product has it no more. */
export type PlacedVariant = {
  readonly productId: string
  readonly variant: Variant
  readonly place: number | null
}

// $1: products as JSON.
const given = `
  jsonb_to_recordset($1::jsonb) AS given (id uuid, slug text, name jsonb, description jsonb, brand text, attributes jsonb,
    images jsonb, status text, version integer, "updatedAt" timestamptz, categories uuid[], path uuid[], featured boolean)`

const asJson = (products: readonly PlacedProduct[]): string =>
  JSON.stringify(products.map(({ product: { variants: _, ...row }, path }) => ({ ...row, path })))

/** Adds the rows of products. @returns the ids of those that were not there yet */
export async function addRows(
  connection: Queryable,
  products: readonly PlacedProduct[],
): Promise<ReadonlySet<string>> {
  const { rows } = await connection.query<{ id: string }>({
    name: "product-add",
    text: `INSERT INTO product (id, slug, name, description, brand, attributes, images, status, version, updated_at,
                                categories, category_path, featured)
           SELECT * FROM ${given} ORDER BY id ON CONFLICT (id) DO NOTHING RETURNING id`,
    values: [asJson(products)],
  })
  return new Set(rows.map(({ id }) => id))
}

/** Writes the rows of products that are there. */
export async function saveRows(connection: Queryable, products: readonly PlacedProduct[]): Promise<void> {
  await connection.query({
    name: "product-save",
    text: `UPDATE product
           SET slug = given.slug, name = given.name, description = given.description, brand = given.brand,
               attributes = given.attributes, images = given.images, status = given.status, version = given.version,
               updated_at = "updatedAt", categories = given.categories, category_path = path, featured = given.featured
           FROM ${given} WHERE product.id = given.id`,
    values: [asJson(products)],
  })
}

/** Lets slugs lead to products for ever. @returns those that are another product's, or were once */
export async function putSlugs(
  connection: Queryable,
  slugs: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const { rows } = await connection.query<{ slug: string }>({
    name: "product-slug-put",
    text: `INSERT INTO product_slug (slug, product_id)
           SELECT * FROM unnest($1::text[], $2::uuid[]) AS given (slug, product_id) ORDER BY slug
           ON CONFLICT (slug) DO UPDATE SET product_id = excluded.product_id
           WHERE product_slug.product_id = excluded.product_id RETURNING slug`,
    values: [[...slugs.keys()], [...slugs.values()]],
  })
  const put = new Set(rows.map(({ slug }) => slug))
  return [...slugs.keys()].filter((slug) => !put.has(slug))
}

/** Puts each product into its categories and no others. */
export async function putCategories(connection: Queryable, products: readonly Product[]): Promise<void> {
  const all = products.flatMap(({ id, categories }) => categories.map((category) => ({ id, category })))
  const pairs = [all.map(({ id }) => id), all.map(({ category }) => category)]
  await connection.query({
    name: "product-category-remove",
    text: `DELETE FROM product_category WHERE product_id = ANY ($1::uuid[])
             AND (product_id, category_id) NOT IN (SELECT * FROM unnest($2::uuid[], $3::uuid[]))`,
    values: [products.map(({ id }) => id), ...pairs],
  })
  await connection.query({
    name: "product-category-put",
    text: `INSERT INTO product_category (product_id, category_id)
           SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING`,
    values: pairs,
  })
}

/** The variants of products, each in its place. */
export const placed = (products: readonly Product[]): PlacedVariant[] =>
  products.flatMap(({ id, variants }) =>
    variants.map((variant, place) => ({ productId: id, variant, place })),
  )

/**
 * Makes these the variants of the products; one that is left out keeps its row, which stock and orders name.
 * @returns the SKUs that are another product's
 */
export async function putVariants(
  connection: Queryable,
  productIds: readonly string[],
  all: readonly PlacedVariant[],
): Promise<readonly string[]> {
  const skus = all.map(({ variant }) => variant.sku)
  const variants = all.map(({ variant }) => variant)
  await connection.query({
    name: "variant-leave-out",
    text: `UPDATE variant SET place = NULL
           WHERE product_id = ANY ($1::uuid[]) AND sku <> ALL ($2::text[]) AND place IS NOT NULL`,
    values: [productIds, skus],
  })
  // In the order of their SKUs, so that two of these never wait for each other.
  const { rows } = await connection.query<{ sku: string }>({
    name: "variant-put",
    text: `INSERT INTO variant (product_id, sku, place, gtin, options, min_quantity, max_quantity, quantity_step,
                                backorder, image)
           SELECT v.* FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::jsonb[], $6::int[], $7::int[],
                                  $8::int[], $9::boolean[], $10::text[]) AS v (product_id, sku)
           ORDER BY v.sku
           ON CONFLICT (sku) DO UPDATE
           SET place = excluded.place, gtin = excluded.gtin, options = excluded.options,
               min_quantity = excluded.min_quantity, max_quantity = excluded.max_quantity,
               quantity_step = excluded.quantity_step, backorder = excluded.backorder, image = excluded.image
           WHERE variant.product_id = excluded.product_id
           RETURNING sku`,
    values: [
      all.map(({ productId }) => productId),
      skus,
      all.map(({ place }) => place),
      variants.map(({ gtin }) => gtin ?? null),
      variants.map(({ options }) => JSON.stringify(options)),
      variants.map(({ quantity }) => quantity.min),
      variants.map(({ quantity }) => quantity.max ?? null),
      variants.map(({ quantity }) => quantity.step),
      variants.map(({ backorder }) => backorder),
      variants.map(({ image }) => image ?? null),
    ],
  })
  const put = new Set(rows.map(({ sku }) => sku))
  return skus.filter((sku) => !put.has(sku))
}
