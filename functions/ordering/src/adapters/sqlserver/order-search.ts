import type { SqlServer } from "@eshop/building-blocks/store/sqlserver/pool"
import { flag, instant, int, join, type Sql, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import type { Order } from "@eshop/domain/ordering/order"
import type { OrderFilter, StoredOrder, ViewCursor } from "../../orders/ports.ts"

/** Whether a row lies behind the cursor, in a list whose newest is first. */
export function isBehind(time: Sql, id: Sql, after: ViewCursor): Sql {
  const submittedAt = instant(new Date(after.submittedAt))
  return sql`(${time} < ${submittedAt} OR (${time} = ${submittedAt} AND ${id} < ${text(after.id)}))`
}

/**
 * Finds orders by what an operator knows of them, newest first. Only what is asked for is in the statement, so that each
 * filter finds its index; SKUs have a table of their own, in the same order.
 */
export async function searchOrders(
  server: SqlServer,
  { status, customerId, number, sku, from, before, needsAttention }: OrderFilter,
  after: ViewCursor | undefined,
  limit: number,
): Promise<readonly StoredOrder[]> {
  const [time, id] =
    sku === undefined
      ? [sql`orders.submitted_at`, sql`orders.id`]
      : [sql`order_sku.submitted_at`, sql`order_sku.order_id`]
  const conditions = [
    sku !== undefined && sql`order_sku.sku = ${text(sku)}`,
    status !== undefined && sql`orders.status = ${text(status)}`,
    customerId !== undefined && sql`orders.customer_id = ${text(customerId)}`,
    number !== undefined && sql`orders.number = ${text(number)}`,
    // A filtered index serves a literal alone.
    needsAttention === true && sql`orders.needs_attention = 1`,
    needsAttention === false && sql`orders.needs_attention = ${flag(false)}`,
    from !== undefined && sql`${time} >= ${instant(new Date(from))}`,
    before !== undefined && sql`${time} < ${instant(new Date(before))}`,
    after && isBehind(time, id, after),
  ].filter((condition) => condition !== false && condition !== undefined)
  const { rows } = await server.run<{ state: string; version: number }>(
    sql`SELECT TOP (${int(limit)}) state, version
        FROM orders ${sku === undefined ? sql`` : sql`JOIN order_sku ON order_sku.order_id = orders.id`}
        ${conditions.length > 0 ? sql`WHERE ${join(conditions, " AND ")}` : sql``}
        ORDER BY ${time} DESC, ${id} DESC`,
  )
  return rows.map(({ state, version }) => ({ order: JSON.parse(state) as Order, version }))
}
