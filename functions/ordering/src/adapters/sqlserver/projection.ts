import { isDuplicate } from "@eshop/building-blocks/store/sqlserver/failures"
import type { SqlServer } from "@eshop/building-blocks/store/sqlserver/pool"
import { int, join, type Sql, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import type { Projection } from "../../orders/ports.ts"
import { replayed } from "../replayed.ts"
import { ranges } from "./pages.ts"
import type { EventRow } from "./streams.ts"

/**
 * @param server connections that the requests do not wait for
 * @param marked hears that all orders were marked
 */
export const sqlServerProjection = (server: SqlServer, marked: () => void = () => {}): Projection => ({
  async pending(name, limit) {
    const { rows } = await server.run<EventRow>(
      sql`SELECT order_id, version, event FROM order_event
          WHERE order_id IN (SELECT DISTINCT TOP (${int(limit)}) order_id FROM projection_pending
                             WHERE projection = ${text(name)} ORDER BY order_id)
          ORDER BY order_id, version`,
    )
    return [...Map.groupBy(rows, ({ order_id }) => order_id)].flatMap(([orderId, events]) =>
      replayed(
        orderId,
        events.map(({ event }) => JSON.parse(event) as unknown),
      ),
    )
  },

  async pendingCount(name) {
    const { rows } = await server.run<{ count: number }>(
      sql`SELECT COUNT(DISTINCT order_id) AS [count] FROM projection_pending WHERE projection = ${text(name)}`,
    )
    return rows[0]?.count ?? 0
  },

  async followed(name, orders) {
    // Nobody is waited for: neither another projector nor a writer, however long it stays open.
    const done = orders.map(({ id, version }) => sql`(order_id = ${text(id)} AND version <= ${int(version)})`)
    const { rows } = await server.run<{ id: string }>(
      sql`DELETE FROM projection_pending WITH (UPDLOCK, READPAST, ROWLOCK) OUTPUT deleted.[order_id] AS [id]
          WHERE projection = ${text(name)} AND (${join(done, " OR ")})`,
    )
    return new Set(rows.map(({ id }) => id)).size
  },

  async markAll(name) {
    let count = 0
    for await (const range of ranges(server, sql`orders`)) count += await markRange(server, name, range)
    marked()
    return count
  },
})

/** Marks once more when a writer, or another rebuild, has just set one of the marks. */
async function markRange(server: SqlServer, name: string, range: Sql): Promise<number> {
  for (;;) {
    try {
      const { count } = await server.run(
        sql`INSERT INTO projection_pending (projection, order_id, version)
            SELECT ${text(name)}, id, version FROM orders WHERE ${range} AND NOT EXISTS (
              SELECT 1 FROM projection_pending AS pending
              WHERE pending.projection = ${text(name)} AND pending.order_id = orders.id
                AND pending.version = orders.version)`,
      )
      return count
    } catch (error) {
      if (!isDuplicate(error)) throw error
    }
  }
}
