import type { Queryable } from "@eshop/building-blocks/store/postgres/pool"
import type { Product } from "@eshop/domain/catalog/product"

/** @returns false when the slug is another product's, or was once */
export async function putSlug(connection: Queryable, { id, slug }: Product): Promise<boolean> {
  const { rowCount } = await connection.query({
    name: "product-slug-put",
    text: `INSERT INTO product_slug (slug, product_id) VALUES ($1, $2)
           ON CONFLICT (slug) DO UPDATE SET product_id = excluded.product_id
           WHERE product_slug.product_id = excluded.product_id`,
    values: [slug, id],
  })
  return rowCount === 1
}

/** Puts the product into these categories and no others. */
export async function putCategories(connection: Queryable, { id, categories }: Product): Promise<void> {
  await connection.query({
    name: "product-category-remove",
    text: "DELETE FROM product_category WHERE product_id = $1 AND category_id <> ALL ($2::uuid[])",
    values: [id, categories],
  })
  await connection.query({
    name: "product-category-put",
    text: `INSERT INTO product_category (product_id, category_id, place)
           SELECT $1, category_id, place
           FROM unnest($2::uuid[]) WITH ORDINALITY AS c (category_id, place)
           ON CONFLICT (product_id, category_id) DO UPDATE SET place = excluded.place`,
    values: [id, categories],
  })
}

/**
 * Makes these the product's variants; one that is left out keeps its row, which stock and orders name.
 * @returns the SKUs that are another product's
 */
export async function putVariants(connection: Queryable, { id, variants }: Product): Promise<string[]> {
  const skus = variants.map(({ sku }) => sku)
  await connection.query({
    name: "variant-leave-out",
    text: "UPDATE variant SET place = NULL WHERE product_id = $1 AND sku <> ALL ($2::text[]) AND place IS NOT NULL",
    values: [id, skus],
  })
  // In the order of their SKUs, so that two of these never wait for each other.
  const { rows } = await connection.query<{ sku: string }>({
    name: "variant-put",
    text: `INSERT INTO variant (product_id, sku, place, gtin, options, min_quantity, max_quantity, quantity_step,
                                backorder, image)
           SELECT $1, v.* FROM unnest($2::text[], $3::int[], $4::text[], $5::jsonb[], $6::int[], $7::int[], $8::int[],
                                      $9::boolean[], $10::text[]) AS v (sku)
           ORDER BY v.sku
           ON CONFLICT (sku) DO UPDATE
           SET place = excluded.place, gtin = excluded.gtin, options = excluded.options,
               min_quantity = excluded.min_quantity, max_quantity = excluded.max_quantity,
               quantity_step = excluded.quantity_step, backorder = excluded.backorder, image = excluded.image
           WHERE variant.product_id = excluded.product_id
           RETURNING sku`,
    values: [
      id,
      skus,
      variants.map((_, place) => place),
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
