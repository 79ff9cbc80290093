import { afterCommit, inTransaction } from "@eshop/building-blocks/postgres/pool"
import type { Order, OrderEvent } from "@eshop/domain/ordering/order"
import type pg from "pg"
import type { Orders, StoredOrder } from "../orders/ports.ts"

type Row = { state: Order; version: number }

const toStored = (row: Row | undefined): StoredOrder | undefined =>
  row && { order: row.state, version: row.version }

/** @param changed hears of every commit that changed an order */
export const postgresOrders = (pool: pg.Pool, changed: () => void): Orders => ({
  async find(id) {
    const { rows } = await pool.query<Row>({
      name: "order-find",
      text: "SELECT state, version FROM orders WHERE id = $1",
      values: [id],
    })
    return toStored(rows[0])
  },

  async lock(tx, id) {
    const { rows } = await inTransaction(tx).query<Row>({
      name: "order-lock",
      text: "SELECT state, version FROM orders WHERE id = $1 FOR UPDATE",
      values: [id],
    })
    return toStored(rows[0])
  },

  async append(tx, id, expectedVersion, events, order) {
    const version = expectedVersion + events.length
    afterCommit(tx, changed)
    await inTransaction(tx).query({
      name: "order-append",
      text: `WITH stream AS (
               INSERT INTO order_event (order_id, version, type, event)
               SELECT $1, * FROM unnest($2::int[], $3::text[], $4::jsonb[])
             )
             INSERT INTO orders (id, customer_id, status, version, state) VALUES ($1, $5, $6, $7, $8)
             ON CONFLICT (id) DO UPDATE SET status = $6, version = $7, state = $8`,
      values: [
        id,
        events.map((_, index) => expectedVersion + index + 1),
        events.map(({ type }) => type),
        events.map((event) => JSON.stringify(event)),
        order.customerId,
        order.status,
        version,
        JSON.stringify(order),
      ],
    })
  },

  async events(id) {
    const { rows } = await pool.query<{ event: OrderEvent }>(
      "SELECT event FROM order_event WHERE order_id = $1 ORDER BY version",
      [id],
    )
    return rows.map((row) => row.event)
  },
})
