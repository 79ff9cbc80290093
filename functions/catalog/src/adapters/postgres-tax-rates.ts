import { inTransaction, type Queryable } from "@eshop/building-blocks/store/postgres/pool"
import type { TaxRates as RatesOfCountry, TaxRate } from "@eshop/domain/contracts/taxes"
import type pg from "pg"
import type { CountryOfTaxes, TaxRates } from "../taxes/ports.ts"

type Row = {
  version: number
  state: string | null
  tax_category: string | null
  rate: number
  valid_from: Date
  valid_until: Date | null
}

async function ratesOf(connection: Queryable, country: string): Promise<RatesOfCountry> {
  // A country without rates is one row without a category.
  const { rows } = await connection.query<Row>({
    name: "tax-rates-of",
    text: `SELECT version, state, tax_category, rate, valid_from, valid_until
           FROM tax_country LEFT JOIN tax_rate USING (country) WHERE country = $1 ORDER BY place`,
    values: [country],
  })
  const rates = rows.flatMap(({ tax_category: taxCategory, ...row }): TaxRate[] =>
    taxCategory === null
      ? []
      : [
          {
            country,
            ...(row.state !== null && { state: row.state }),
            taxCategory,
            rate: row.rate,
            validFrom: row.valid_from.toISOString(),
            ...(row.valid_until && { validUntil: row.valid_until.toISOString() }),
          },
        ],
  )
  return { country, version: rows[0]?.version ?? 0, rates }
}

export const postgresTaxRates = (pool: pg.Pool): TaxRates => ({
  of: (country) => ratesOf(pool, country),

  async countries({ after, limit }) {
    const { rows } = await pool.query<CountryOfTaxes>({
      name: "tax-countries",
      text: `SELECT country, version FROM tax_country WHERE version > 0 AND ($1::text IS NULL OR country > $1)
             ORDER BY country LIMIT $2`,
      values: [after ?? null, limit],
    })
    return rows
  },

  async lock(tx, country) {
    const connection = inTransaction(tx)
    await connection.query(
      `INSERT INTO tax_country (country, version) VALUES ($1, 0)
       ON CONFLICT (country) DO UPDATE SET version = tax_country.version`,
      [country],
    )
    return await ratesOf(connection, country)
  },

  async set(tx, { country, version, rates }) {
    const connection = inTransaction(tx)
    await connection.query("UPDATE tax_country SET version = $2 WHERE country = $1", [country, version])
    await connection.query("DELETE FROM tax_rate WHERE country = $1", [country])
    await connection.query(
      `INSERT INTO tax_rate (country, place, state, tax_category, rate, valid_from, valid_until)
       SELECT $1, place, state, tax_category, rate, valid_from, valid_until
       FROM unnest($2::text[], $3::text[], $4::int[], $5::timestamptz[], $6::timestamptz[])
            WITH ORDINALITY AS r (state, tax_category, rate, valid_from, valid_until, place)`,
      [
        country,
        rates.map(({ state }) => state ?? null),
        rates.map(({ taxCategory }) => taxCategory),
        rates.map(({ rate }) => rate),
        rates.map(({ validFrom }) => validFrom),
        rates.map(({ validUntil }) => validUntil ?? null),
      ],
    )
  },
})
