import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type { VariantOptions } from "@eshop/domain/contracts/catalog-events"
import type { VariantDetails } from "@eshop/domain/contracts/variants"
import type { Currency } from "@eshop/domain/kernel/money"
import type pg from "pg"
import type { VariantCopies } from "../products/ports.ts"

type Row = {
  sku: string
  product_id: string
  name: string
  options: VariantOptions
  amount: number
  currency: Currency
  version: number
  sold: boolean
}

// In the order of their SKUs, so that two of these never wait for each other.
const upsertCopies = `
  INSERT INTO variant_copy (product_id, name, version, sku, options, amount, currency)
  SELECT $1, $2, $3, v.* FROM unnest($4::text[], $5::jsonb[], $6::bigint[], $7::text[])
    AS v (sku, options, amount, currency) ORDER BY v.sku
  ON CONFLICT (sku) DO UPDATE
  SET product_id = excluded.product_id, name = excluded.name, options = excluded.options,
      amount = excluded.amount, currency = excluded.currency, version = excluded.version
  WHERE variant_copy.version < excluded.version`

type Variant = Pick<VariantDetails, "sku" | "options" | "price">
const columns = (variants: readonly Variant[]) => [
  variants.map(({ sku }) => sku),
  variants.map(({ options }) => JSON.stringify(options)),
  variants.map(({ price }) => price.amount),
  variants.map(({ price }) => price.currency),
]

export const postgresVariantCopies = (pool: pg.Pool): VariantCopies => ({
  async find(skus) {
    const { rows } = await pool.query<Row>({
      name: "variant-copy-find",
      text: `SELECT sku, product_id, name, options, amount, currency, variant_copy.version,
                    variant_copy.version >= coalesce(product_version.version, 0) AS sold
             FROM variant_copy LEFT JOIN product_version USING (product_id)
             WHERE sku = ANY ($1::text[])`,
      values: [skus],
    })
    return rows.map(({ product_id, amount, currency, ...row }) => ({
      ...row,
      productId: product_id,
      price: { amount, currency },
    }))
  },

  async keepProduct(tx, { productId, name, version, variants }) {
    await inTransaction(tx).query({
      name: "product-version-keep",
      text: `INSERT INTO product_version (product_id, version) VALUES ($1, $2)
             ON CONFLICT (product_id) DO UPDATE SET version = excluded.version
             WHERE product_version.version < excluded.version`,
      values: [productId, version],
    })
    await inTransaction(tx).query({
      name: "variant-copy-keep",
      text: upsertCopies,
      values: [productId, name, version, ...columns(variants)],
    })
  },

  async keep(variant) {
    await pool.query({
      name: "variant-copy-keep",
      text: upsertCopies,
      values: [variant.productId, variant.name, variant.version, ...columns([variant])],
    })
  },
})
