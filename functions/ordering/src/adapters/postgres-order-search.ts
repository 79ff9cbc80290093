import type { Order } from "@eshop/domain/ordering/order"
import type pg from "pg"
import type { OrderFilter, StoredOrder, ViewCursor } from "../orders/ports.ts"

/**
 * Finds orders by what an operator knows of them, newest first. Only what is asked for is in the statement, so that each
 * filter finds its index; SKUs have a table of their own, in the same order.
 */
export async function searchOrders(
  pool: pg.Pool,
  { status, customerId, number, sku, from, before, needsAttention }: OrderFilter,
  after: ViewCursor | undefined,
  limit: number,
): Promise<readonly StoredOrder[]> {
  const values: unknown[] = [limit]
  const value = (one: unknown): string => `$${values.push(one)}`
  const [time, id] =
    sku === undefined ? ["submitted_at", "id"] : ["order_sku.submitted_at", "order_sku.order_id"]
  const conditions = [
    sku !== undefined && `order_sku.sku = ${value(sku)}`,
    status !== undefined && `orders.status = ${value(status)}`,
    customerId !== undefined && `orders.customer_id = ${value(customerId)}`,
    number !== undefined && `orders.number = ${value(number)}`,
    needsAttention === true && "orders.needs_attention",
    needsAttention === false && "NOT orders.needs_attention",
    from !== undefined && `${time} >= ${value(from)}`,
    before !== undefined && `${time} < ${value(before)}`,
    after && `(${time}, ${id}) < (${value(after.submittedAt)}::timestamptz, ${value(after.id)}::uuid)`,
  ].filter((condition) => condition)
  const { rows } = await pool.query<{ state: Order; version: number }>(
    `SELECT state, version
     FROM orders ${sku === undefined ? "" : "JOIN order_sku ON order_sku.order_id = orders.id"}
     ${conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : ""}
     ORDER BY ${time} DESC, ${id} DESC LIMIT $1`,
    values,
  )
  return rows.map(({ state, version }) => ({ order: state, version }))
}
