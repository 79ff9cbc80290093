import { afterCommit, inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type { Order } from "@eshop/domain/ordering/order"
import { readOrderEvent } from "@eshop/domain/ordering/order-events"
import type pg from "pg"
import type { Orders, ProjectionName, StoredOrder } from "../orders/ports.ts"

type Row = { state: Order; version: number }

const PROJECTIONS: readonly ProjectionName[] = ["order-list"]

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
             ), pending AS (
               INSERT INTO projection_pending (projection, order_id, version)
               SELECT *, $1, $7 FROM unnest($10::text[])
               ON CONFLICT (projection, order_id) DO UPDATE SET version = excluded.version
             )
             INSERT INTO orders (id, customer_id, status, version, state, changed_at)
             VALUES ($1, $5, $6, $7, $8, $9)
             ON CONFLICT (id) DO UPDATE SET status = $6, version = $7, state = $8, changed_at = $9`,
      values: [
        id,
        events.map((_, index) => expectedVersion + index + 1),
        events.map(({ type }) => type),
        events.map((event) => JSON.stringify(event)),
        order.customerId,
        order.status,
        version,
        JSON.stringify(order),
        order.changedAt,
        PROJECTIONS,
      ],
    })
  },

  async events(id) {
    const { rows } = await pool.query<{ event: unknown }>(
      "SELECT event FROM order_event WHERE order_id = $1 ORDER BY version",
      [id],
    )
    return rows.map((row) => readOrderEvent(row.event))
  },

  async underWaySince(before, limit) {
    const { rows } = await pool.query<{ id: string }>({
      name: "order-under-way",
      text: `SELECT id FROM orders
             WHERE status IN ('Submitted', 'AwaitingStock', 'AwaitingPayment') AND changed_at < $1
             ORDER BY changed_at LIMIT $2`,
      values: [before, limit],
    })
    return rows.map(({ id }) => id)
  },

  async withCoupons(after, limit) {
    const { rows } = await pool.query<Row>({
      name: "order-with-coupons",
      text: `SELECT state FROM orders
             WHERE state->'couponCodes' <> '[]' AND ($1::uuid IS NULL OR id > $1) ORDER BY id LIMIT $2`,
      values: [after ?? null, limit],
    })
    return rows.map((row) => row.state)
  },
})
