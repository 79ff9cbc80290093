import { insertIfNew, inTransaction } from "@eshop/building-blocks/store/sqlserver/pool"
import { int, sql } from "@eshop/building-blocks/store/sqlserver/sql"
import type { InvoiceSeries } from "../../invoices/ports.ts"

/** The series of invoice numbers, as a SQL Server table with a row for each year. */
export const sqlServerInvoiceSeries: InvoiceSeries = {
  async next(tx, year) {
    const transaction = inTransaction(tx)
    for (;;) {
      const { rows } = await transaction.run<{ number: number }>(
        sql`UPDATE invoice_series SET last_number = last_number + 1 OUTPUT inserted.[last_number] AS [number]
            WHERE year = ${int(year)}`,
      )
      if (rows[0]) return rows[0].number
      await insertIfNew(
        transaction,
        sql`INSERT INTO invoice_series (year, last_number) VALUES (${int(year)}, 0)`,
      )
    }
  },
}
