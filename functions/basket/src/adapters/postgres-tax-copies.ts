import { remember } from "@eshop/building-blocks/remember"
import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import type { TaxRate, TaxRates } from "@eshop/domain/contracts/taxes"
import type pg from "pg"
import type { TaxCopies } from "../taxes/ports.ts"

/** Rates change some times a year, and say from when on they hold. */
const REMEMBERED_MS = 2_000

type Row = { country: string; rates: TaxRate[]; version: number }

export function postgresTaxCopies(pool: pg.Pool): TaxCopies {
  const find = async (country: string): Promise<TaxRates | undefined> => {
    const { rows } = await pool.query<Row>({
      name: "tax-rates-find",
      text: "SELECT country, rates, version FROM tax_rates_copy WHERE country = $1",
      values: [country],
    })
    return rows[0]
  }
  const remembered = remember(find, { forMs: REMEMBERED_MS, max: 300 })
  return {
    find: (country) => remembered.get(country),

    async keep({ country, rates, version }, tx) {
      await (tx ? inTransaction(tx) : pool).query({
        name: "tax-rates-keep",
        text: `INSERT INTO tax_rates_copy (country, rates, version) VALUES ($1, $2, $3)
               ON CONFLICT (country) DO UPDATE SET rates = excluded.rates, version = excluded.version
               WHERE tax_rates_copy.version < excluded.version`,
        values: [country, JSON.stringify(rates), version],
      })
      const forget = () => remembered.forget(country)
      if (tx) afterCommit(tx, forget)
      else forget()
    },
  }
}
