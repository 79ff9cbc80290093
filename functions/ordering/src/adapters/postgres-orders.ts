import { inTransaction, sendInTransaction } from "@eshop/building-blocks/store/postgres/pool"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import { mergeLines } from "@eshop/domain/contracts/stock-lines"
import { attentionOf } from "@eshop/domain/ordering/attention"
import { isUnfinished, type Order } from "@eshop/domain/ordering/order"
import { readOrderEvent } from "@eshop/domain/ordering/order-events"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { chainBehind, type StoredLink } from "@eshop/domain/ordering/stream-chain"
import type pg from "pg"
import type { HeadLine } from "../evidence/ports.ts"
import type { LockedOrder, Orders, OrdersInSaga, ProjectionName, StoredOrder } from "../orders/ports.ts"
import { searchOrders } from "./postgres-order-search.ts"

type Row = { state: Order; version: number }
type LockedRow = Row & { hash: string }
type StreamRow = { id: string; links: StoredLink[] | null; stored: LockedRow | null }

const PROJECTIONS: readonly ProjectionName[] = ["order-list"]

const toStored = (row: Row | undefined): StoredOrder | undefined =>
  row && { order: row.state, version: row.version }

const toLocked = ({ state, version, hash }: LockedRow): LockedOrder => ({
  order: state,
  version,
  head: { version, hash },
})

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
    const { rows } = await inTransaction(tx).query<LockedRow>({
      name: "order-lock",
      text: "SELECT state, version, hash FROM orders WHERE id = $1 FOR UPDATE",
      values: [id],
    })
    return rows[0] && toLocked(rows[0])
  },

  async append(tx, id, head, events, order) {
    const links = chainBehind(id, head, events)
    const end = links.at(-1)
    afterCommit(tx, changed)
    sendInTransaction(tx, {
      name: "order-append",
      text: `WITH stream AS (
               INSERT INTO order_event (order_id, version, type, event, hash)
               SELECT $1, * FROM unnest($2::int[], $3::text[], $4::jsonb[], $5::text[])
             ), pending AS (
               INSERT INTO projection_pending (projection, order_id, version)
               SELECT *, $1, $8 FROM unnest($12::text[])
               ON CONFLICT (projection, order_id) DO UPDATE SET version = excluded.version
             ), skus AS (
               INSERT INTO order_sku (order_id, submitted_at, sku) SELECT $1, $14, * FROM unnest($16::text[])
             )
             INSERT INTO orders (id, customer_id, status, version, hash, state, changed_at, number, submitted_at,
                                 needs_attention, unfinished)
             VALUES ($1, $6, $7, $8, $9, $10, $11, $13, $14, $15, $17)
             ON CONFLICT (id) DO UPDATE SET status = $7, version = $8, hash = $9, state = $10, changed_at = $11,
                                            needs_attention = $15, unfinished = $17`,
      values: [
        id,
        links.map(({ version }) => version),
        events.map(({ type }) => type),
        events.map((event) => JSON.stringify(event)),
        links.map(({ hash }) => hash),
        order.customerId,
        order.status,
        end?.version,
        end?.hash,
        JSON.stringify(order),
        order.changedAt,
        PROJECTIONS,
        orderNumberOf(id),
        order.submittedAt,
        attentionOf(order).length > 0,
        // An order's SKUs stay what it began with.
        head ? [] : mergeLines(order.lines).map(({ sku }) => sku),
        isUnfinished(order),
      ],
    })
  },

  search: (filter, after, limit) => searchOrders(pool, filter, after, limit),

  async events(id) {
    const { rows } = await pool.query<{ event: unknown }>(
      "SELECT event FROM order_event WHERE order_id = $1 ORDER BY version",
      [id],
    )
    return rows.map((row) => readOrderEvent(row.event))
  },

  async streams(after, limit) {
    const { rows } = await pool.query<StreamRow>({
      name: "order-streams",
      // Also a stream without its order is found, and an order without its stream.
      text: `SELECT page.id, to_json(orders) AS stored,
               (SELECT json_agg(json_build_object('version', version, 'event', event, 'hash', hash) ORDER BY version)
                FROM order_event WHERE order_id = page.id) AS links
             FROM ((SELECT id FROM orders WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2)
                   UNION
                   (SELECT DISTINCT order_id FROM order_event WHERE $1::uuid IS NULL OR order_id > $1
                    ORDER BY order_id LIMIT $2)
                   ORDER BY 1 LIMIT $2) AS page
             LEFT JOIN (SELECT id, state, version, hash FROM orders) AS orders ON orders.id = page.id
             ORDER BY page.id`,
      values: [after ?? null, limit],
    })
    return rows.map(({ id, links, stored }) => ({
      orderId: id,
      links: links ?? [],
      ...(stored && { stored: toLocked(stored) }),
    }))
  },

  async headsWithin(from, before, after, limit) {
    const { rows } = await pool.query<HeadLine>({
      name: "order-heads-within",
      text: `SELECT id AS "orderId", version, hash FROM orders
             WHERE changed_at >= $1 AND changed_at < $2 AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4`,
      values: [from, before, after ?? null, limit],
    })
    return rows
  },

  async hashAt(id, version) {
    const { rows } = await pool.query<{ hash: string }>({
      name: "order-hash-at",
      text: "SELECT hash FROM order_event WHERE order_id = $1 AND version = $2",
      values: [id, version],
    })
    return rows[0]?.hash
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

  async countInSagas() {
    const { rows } = await pool.query<OrdersInSaga>({
      name: "order-count-in-sagas",
      text: `SELECT 'checkout' AS saga, status, count(*)::int AS count FROM orders
             WHERE status IN ('Submitted', 'AwaitingStock', 'AwaitingPayment') GROUP BY status
             UNION ALL
             SELECT 'fulfilment', status, count(*)::int FROM orders
             WHERE unfinished AND status IN ('Paid', 'PartiallyShipped', 'Shipped', 'Delivered') GROUP BY status`,
    })
    return rows
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
