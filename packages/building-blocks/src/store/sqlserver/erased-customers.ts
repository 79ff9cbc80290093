import type { ErasedCustomers } from "../../personal-data/erased-customers.ts"
import { inTransaction, type SqlServer, upsert } from "./pool.ts"
import { instant, int, sql, text } from "./sql.ts"

type Row = { customer_id: string; erased_until: Date }

/** Whom a context has forgotten, as a SQL Server table. */
export const sqlServerErasedCustomers = (server: SqlServer): ErasedCustomers => ({
  async record(tx, { customerId, until }) {
    const [customer, moment] = [text(customerId), instant(new Date(until))]
    await upsert(
      inTransaction(tx),
      sql`UPDATE erased_customer
          SET erased_until = CASE WHEN erased_until < ${moment} THEN ${moment} ELSE erased_until END
          WHERE customer_id = ${customer}`,
      sql`INSERT INTO erased_customer (customer_id, erased_until) VALUES (${customer}, ${moment})`,
    )
  },

  async find(customerId) {
    const { rows } = await server.run<Row>(
      sql`SELECT customer_id, erased_until FROM erased_customer WHERE customer_id = ${text(customerId)}`,
    )
    return rows[0]?.erased_until.toISOString()
  },

  async list(after, limit) {
    const { rows } = await server.run<Row>(
      sql`SELECT TOP (${int(limit)}) customer_id, erased_until FROM erased_customer
          WHERE customer_id > ${text(after ?? "")} ORDER BY customer_id`,
    )
    return rows.map(({ customer_id, erased_until }) => ({
      customerId: customer_id,
      until: erased_until.toISOString(),
    }))
  },
})
