import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type { VariantDetails } from "@eshop/domain/contracts/variants"
import type pg from "pg"
import type { VariantCopies } from "../products/ports.ts"

type Row = { details: VariantDetails; sold: boolean }

// In the order of their SKUs, so that two of these never wait for each other.
const upsertCopies = `
  INSERT INTO variant_copy (product_id, version, sku, details)
  SELECT $1, $2, v.* FROM unnest($3::text[], $4::jsonb[]) AS v (sku, details) ORDER BY v.sku
  ON CONFLICT (sku) DO UPDATE
  SET product_id = excluded.product_id, version = excluded.version, details = excluded.details
  WHERE variant_copy.version < excluded.version`

const keepCopies = (productId: string, version: number, variants: readonly VariantDetails[]) => ({
  name: "variant-copy-keep",
  text: upsertCopies,
  values: [
    productId,
    version,
    variants.map(({ sku }) => sku),
    variants.map((variant) => JSON.stringify(variant)),
  ],
})

export const postgresVariantCopies = (pool: pg.Pool): VariantCopies => ({
  async find(skus) {
    const { rows } = await pool.query<Row>({
      name: "variant-copy-find",
      text: `SELECT details, variant_copy.version >= coalesce(product_version.version, 0) AS sold
             FROM variant_copy LEFT JOIN product_version USING (product_id)
             WHERE sku = ANY ($1::text[])`,
      values: [skus],
    })
    return rows.map(({ details, sold }) => ({ ...details, sold }))
  },

  async keepProduct(tx, { variants, ...product }) {
    const { productId, version } = product
    await inTransaction(tx).query({
      name: "product-version-keep",
      text: `INSERT INTO product_version (product_id, version) VALUES ($1, $2)
             ON CONFLICT (product_id) DO UPDATE SET version = excluded.version
             WHERE product_version.version < excluded.version`,
      values: [productId, version],
    })
    const copies = variants.map((variant) => ({ ...product, ...variant }))
    await inTransaction(tx).query(keepCopies(productId, version, copies))
  },

  async keep(variant) {
    await pool.query(keepCopies(variant.productId, variant.version, [variant]))
  },
})
