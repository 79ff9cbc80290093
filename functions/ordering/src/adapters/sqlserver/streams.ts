import type { SqlServer } from "@eshop/building-blocks/store/sqlserver/pool"
import { int, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import type { LockedOrder, StoredStream } from "../../orders/ports.ts"

export type EventRow = { order_id: string; version: number; event: string; hash: string }
type OrderRow = { id: string; state: string; version: number; hash: string }

/**
 * A page of streams with the orders that they led to, also where only one of the two is there.
 * @param after the last id of the page before
 */
export async function streamsIn(
  server: SqlServer,
  toLocked: (row: OrderRow) => LockedOrder,
  after = "",
  limit: number,
): Promise<readonly StoredStream[]> {
  const first = text(after)
  const count = int(limit)
  const readOrders = async () =>
    (
      await server.run<OrderRow>(
        sql`SELECT TOP (${count}) id, state, version, hash FROM orders WHERE id > ${first} ORDER BY id`,
      )
    ).rows
  for (;;) {
    const orders = await readOrders()
    const { rows: withEvents } = await server.run<{ order_id: string }>(
      sql`SELECT DISTINCT TOP (${count}) order_id FROM order_event WHERE order_id > ${first} ORDER BY order_id`,
    )
    const ids = [...new Set([...orders.map(({ id }) => id), ...withEvents.map(({ order_id }) => order_id)])]
      .sort()
      .slice(0, limit)
    const last = ids.at(-1)
    if (last === undefined) return []
    const { rows: events } = await server.run<EventRow>(
      sql`SELECT order_id, version, event, hash FROM order_event
          WHERE order_id > ${first} AND order_id <= ${text(last)} ORDER BY order_id, version`,
    )
    const eventsOf = Map.groupBy(events, ({ order_id }) => order_id)
    const orderOf = new Map(orders.map((row) => [row.id, toLocked(row)]))
    // An order that was changed between the statements would seem to end somewhere else: its page is read again.
    if (JSON.stringify(await readOrders()) !== JSON.stringify(orders)) continue
    return ids.map((orderId) => {
      const stored = orderOf.get(orderId)
      const links = (eventsOf.get(orderId) ?? []).map(({ version, event, hash }) => ({
        version,
        event: JSON.parse(event) as unknown,
        hash,
      }))
      return { orderId, links, ...(stored && { stored }) }
    })
  }
}
