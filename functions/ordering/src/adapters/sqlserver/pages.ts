import type { SqlServer } from "@eshop/building-blocks/store/sqlserver/pool"
import { type Sql, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"

/**
 * The ids of a table in ranges of a thousand rows: a statement over more would take too long, and from 5,000 locks on
 * the server would lock the whole table.
 * @param table with a column `id`
 * @returns conditions on `id`
 */
export async function* ranges(server: SqlServer, table: Sql): AsyncGenerator<Sql> {
  for (let after = ""; ; ) {
    const { rows } = await server.run<{ last: string | null }>(
      sql`SELECT CAST(MAX(page.id) AS nchar(36)) AS [last]
          FROM (SELECT TOP (1000) id FROM ${table} WHERE id > ${text(after)} ORDER BY id) AS page`,
    )
    const last = rows[0]?.last
    if (!last) return
    yield sql`id > ${text(after)} AND id <= ${text(last)}`
    after = last
  }
}
