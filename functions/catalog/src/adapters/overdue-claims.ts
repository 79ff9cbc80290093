import type { Tx } from "@eshop/building-blocks/app/call"
import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"

/**
 * Finds what is held past its end, in a table with the columns status, expires_at and allocations.
 * @param columns as the rows are to be returned
 */
export function overdueClaims<Row extends object>(table: string, columns: string) {
  const overdue = `SELECT ${columns} FROM ${table} WHERE status = 'held' AND expires_at <= $1`
  const ofVariants = `${overdue} AND EXISTS (SELECT FROM jsonb_to_recordset(allocations) AS unit (sku text)
                                             WHERE unit.sku = ANY ($3::text[]))`
  const first = "ORDER BY expires_at LIMIT $2 FOR UPDATE"
  const query = async (tx: Tx, name: string, text: string, values: unknown[]): Promise<Row[]> =>
    (await inTransaction(tx).query<Row>({ name: `${table}-${name}`, text, values })).rows

  return {
    lockOverdue: (tx: Tx, now: Date, limit: number) =>
      query(tx, "overdue", `${overdue} ${first} SKIP LOCKED`, [now, limit]),

    async lockOverdueOf(tx: Tx, skus: readonly string[], now: Date, limit: number) {
      const found = await query(tx, "overdue-of", `${ofVariants} ${first} SKIP LOCKED`, [now, limit, skus])
      // Whoever is at the others gives their units back: waits for one of these, holding no other.
      return found.length > 0
        ? found
        : await query(tx, "overdue-next", `${ofVariants} ${first}`, [now, 1, skus])
    },
  }
}
