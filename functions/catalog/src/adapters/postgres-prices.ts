import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import type { PriceRow } from "@eshop/domain/catalog/price"
import { type AnnouncedPrice, REDUCTION_DAYS } from "@eshop/domain/catalog/price-history"
import type { Price } from "@eshop/domain/contracts/prices"
import type { Currency } from "@eshop/domain/kernel/money"
import type pg from "pg"
import type { DueProduct, Prices } from "../prices/ports.ts"

type PriceColumns = {
  sku: string
  amount: number
  currency: Currency
  min_quantity: number
  customer_group: string | null
  valid_from: Date | null
  valid_until: Date | null
  tax_category: string
  includes_tax: boolean
}
type RowColumns = PriceColumns & { id: string; recorded_at: Date; superseded_at: Date | null }
type AnnouncedColumns = {
  sku: string
  amount: number | null
  currency: Currency | null
  since: Date
  changes_at: Date | null
}

const priceColumns =
  "sku, amount, currency, min_quantity, customer_group, valid_from, valid_until, tax_category, includes_tax"
const rowColumns = `id, recorded_at, superseded_at, ${priceColumns}`
const inOrder = "customer_group NULLS FIRST, min_quantity, valid_from NULLS FIRST, recorded_at, id"

const toPrice = (row: PriceColumns): Price => ({
  unitPrice: { amount: row.amount, currency: row.currency },
  minQuantity: row.min_quantity,
  ...(row.customer_group !== null && { customerGroup: row.customer_group }),
  ...(row.valid_from && { validFrom: row.valid_from.toISOString() }),
  ...(row.valid_until && { validUntil: row.valid_until.toISOString() }),
  taxCategory: row.tax_category,
  includesTax: row.includes_tax,
})

const toRow = (row: RowColumns): PriceRow => ({
  ...toPrice(row),
  id: row.id,
  sku: row.sku,
  recordedAt: row.recorded_at,
  ...(row.superseded_at && { supersededAt: row.superseded_at }),
})

const toAnnounced = ({ amount, currency, since, changes_at }: AnnouncedColumns): AnnouncedPrice => ({
  price: amount !== null && currency !== null ? { amount, currency } : undefined,
  from: since,
  changesAt: changes_at ?? undefined,
})

/** Each SKU that was asked for, with what was found of it. */
function bySku<Row extends { sku: string }, T>(
  skus: readonly string[],
  rows: readonly Row[],
  of: (row: Row) => T,
): ReadonlyMap<string, readonly T[]> {
  const found = new Map<string, T[]>(skus.map((sku) => [sku, []]))
  for (const row of rows) found.get(row.sku)?.push(of(row))
  return found
}

/** @param announced hears of prices that will change by themselves */
export const postgresPrices = (pool: pg.Pool, announced: () => void = () => {}): Prices => ({
  async of(skus) {
    const { rows } = await pool.query<PriceColumns>({
      name: "price-of",
      text: `SELECT ${priceColumns} FROM price WHERE sku = ANY ($1::text[]) AND superseded_at IS NULL
             ORDER BY ${inOrder}`,
      values: [skus],
    })
    return bySku(skus, rows, toPrice)
  },

  async recent(skus, tx) {
    const { rows } = await (tx ? inTransaction(tx) : pool).query<RowColumns>({
      name: "price-recent",
      text: `SELECT ${rowColumns} FROM price LEFT JOIN (SELECT sku, since FROM announced_price) announced USING (sku)
             WHERE sku = ANY ($1::text[])
               AND (superseded_at IS NULL OR superseded_at > announced.since - make_interval(days => $2))
             ORDER BY ${inOrder}`,
      values: [skus, REDUCTION_DAYS],
    })
    return bySku(skus, rows, toRow)
  },

  async history(sku, { after, limit }) {
    const { rows } = await pool.query<RowColumns>({
      name: "price-history",
      text: `SELECT ${rowColumns} FROM price
             WHERE sku = $1 AND ($2::timestamptz IS NULL OR (recorded_at, id) < ($2, $3::uuid))
             ORDER BY recorded_at DESC, id DESC LIMIT $4`,
      values: [sku, after?.recordedAt ?? null, after?.id ?? null, limit],
    })
    return rows.map(toRow)
  },

  async change(tx, { ended, added, at }) {
    const connection = inTransaction(tx)
    if (ended.length > 0)
      await connection.query({
        name: "price-end",
        text: "UPDATE price SET superseded_at = $2 WHERE id = ANY ($1::uuid[])",
        values: [ended.map(({ id }) => id), at],
      })
    if (added.length > 0)
      await connection.query({
        name: "price-add",
        text: `INSERT INTO price (id, recorded_at, ${priceColumns})
               SELECT id, $2, ${priceColumns}
               FROM unnest($1::uuid[], $3::text[], $4::bigint[], $5::text[], $6::int[], $7::text[],
                           $8::timestamptz[], $9::timestamptz[], $10::text[], $11::boolean[]) AS p (id, ${priceColumns})`,
        values: [
          added.map(({ id }) => id),
          at,
          added.map(({ sku }) => sku),
          added.map(({ unitPrice }) => unitPrice.amount),
          added.map(({ unitPrice }) => unitPrice.currency),
          added.map(({ minQuantity }) => minQuantity),
          added.map(({ customerGroup }) => customerGroup ?? null),
          added.map(({ validFrom }) => validFrom ?? null),
          added.map(({ validUntil }) => validUntil ?? null),
          added.map(({ taxCategory }) => taxCategory),
          added.map(({ includesTax }) => includesTax),
        ],
      })
  },

  async announced(tx, skus) {
    const { rows } = await inTransaction(tx).query<AnnouncedColumns>({
      name: "price-announced",
      text: "SELECT sku, amount, currency, since, changes_at FROM announced_price WHERE sku = ANY ($1::text[])",
      values: [skus],
    })
    return new Map(rows.map((row) => [row.sku, toAnnounced(row)]))
  },

  async announce(tx, prices) {
    const told = [...prices.values()]
    if (told.some(({ changesAt }) => changesAt)) afterCommit(tx, announced)
    await inTransaction(tx).query({
      name: "price-announce",
      text: `INSERT INTO announced_price (sku, amount, currency, since, changes_at)
             SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::timestamptz[], $5::timestamptz[])
             ON CONFLICT (sku) DO UPDATE
             SET (amount, currency, since, changes_at) =
                 (excluded.amount, excluded.currency, excluded.since, excluded.changes_at)`,
      values: [
        [...prices.keys()],
        told.map(({ price }) => price?.amount ?? null),
        told.map(({ price }) => price?.currency ?? null),
        told.map(({ from }) => from),
        told.map(({ changesAt }) => changesAt ?? null),
      ],
    })
  },

  async due(now, limit) {
    const { rows } = await pool.query<DueProduct>({
      name: "price-due",
      text: `SELECT product_id AS "productId", array_agg(sku ORDER BY sku) AS skus
             FROM announced_price JOIN variant USING (sku) WHERE changes_at <= $1
             GROUP BY product_id ORDER BY min(changes_at), product_id LIMIT $2`,
      values: [now, limit],
    })
    return rows
  },

  async nextChange(now) {
    const { rows } = await pool.query<{ next: Date | null }>({
      name: "price-next",
      text: "SELECT min(changes_at) AS next FROM announced_price WHERE changes_at > $1",
      values: [now],
    })
    return rows[0]?.next ?? undefined
  },
})
