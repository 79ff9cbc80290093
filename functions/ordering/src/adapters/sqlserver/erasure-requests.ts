import { inTransaction, type SqlServer, upsert } from "@eshop/building-blocks/store/sqlserver/pool"
import { inSeconds, instant, int, now, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import type { ErasureRequest, ErasureRequests } from "../../privacy/ports.ts"

const columns = sql`customer_id AS [customerId], requested_at AS [requestedAt]`

/** Requests to be forgotten, as a SQL Server table. */
export const sqlServerErasureRequests = (server: SqlServer): ErasureRequests => {
  const find = async (from: SqlServer, customerId: string) => {
    const { rows } = await from.run<ErasureRequest>(
      sql`SELECT ${columns} FROM erasure_request WHERE customer_id = ${text(customerId)}`,
    )
    return rows[0]
  }
  return {
    async put(tx, customerId) {
      const customer = text(customerId)
      await upsert(
        inTransaction(tx),
        sql`UPDATE erasure_request SET requested_at = ${now}, look_at = ${inSeconds(60)}
            WHERE customer_id = ${customer}`,
        sql`INSERT INTO erasure_request (customer_id, requested_at, look_at)
            VALUES (${customer}, ${now}, ${inSeconds(60)})`,
      )
      return (await find(inTransaction(tx), customerId)) as ErasureRequest
    },

    find: (customerId) => find(server, customerId),

    async due(limit) {
      const { rows } = await server.run<ErasureRequest>(
        sql`SELECT TOP (${int(limit)}) ${columns} FROM erasure_request WHERE look_at <= ${now} ORDER BY look_at`,
      )
      return rows
    },

    async postpone(customerId) {
      await server.run(
        sql`UPDATE erasure_request SET look_at = ${inSeconds(600)} WHERE customer_id = ${text(customerId)}`,
      )
    },

    async remove(tx, { customerId, requestedAt }) {
      const { count } = await inTransaction(tx).run(
        sql`DELETE FROM erasure_request
            WHERE customer_id = ${text(customerId)} AND requested_at = ${instant(requestedAt)}`,
      )
      return count === 1
    },
  }
}
