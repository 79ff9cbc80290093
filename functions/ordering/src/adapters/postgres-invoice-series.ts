import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type { InvoiceSeries } from "../invoices/ports.ts"

/** The series of invoice numbers, as a PostgreSQL table with a row for each year. */
export const postgresInvoiceSeries: InvoiceSeries = {
  async next(tx, year) {
    const { rows } = await inTransaction(tx).query<{ number: number }>({
      name: "invoice-series-next",
      text: `INSERT INTO invoice_series (year, last_number) VALUES ($1, 1)
             ON CONFLICT (year) DO UPDATE SET last_number = invoice_series.last_number + 1
             RETURNING last_number AS number`,
      values: [year],
    })
    return (rows[0] as { number: number }).number
  },
}
