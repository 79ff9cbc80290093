import { inTransaction, type SqlServer } from "@eshop/building-blocks/store/sqlserver/pool"
import {
  assignments,
  columnsOf,
  flag,
  instant,
  int,
  join,
  sql,
  text,
} from "@eshop/building-blocks/store/sqlserver/sql"
import { afterCommit } from "@eshop/building-blocks/store/transaction"
import { mergeLines } from "@eshop/domain/contracts/stock-lines"
import { attentionOf } from "@eshop/domain/ordering/attention"
import { isUnfinished, type Order } from "@eshop/domain/ordering/order"
import { readOrderEvent } from "@eshop/domain/ordering/order-events"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import { chainBehind, type StoredLink } from "@eshop/domain/ordering/stream-chain"
import type { HeadLine } from "../../evidence/ports.ts"
import type { LockedOrder, Orders, OrdersInSaga, ProjectionName, StoredOrder } from "../../orders/ports.ts"
import { searchOrders } from "./order-search.ts"
import { type EventRow, streamsIn } from "./streams.ts"

type Row = { state: string; version: number }
type LockedRow = Row & { hash: string }

const PROJECTIONS: readonly ProjectionName[] = ["order-list"]

const toStored = (row: Row | undefined): StoredOrder | undefined =>
  row && { order: JSON.parse(row.state) as Order, version: row.version }

const toLocked = ({ state, version, hash }: LockedRow): LockedOrder => ({
  order: JSON.parse(state) as Order,
  version,
  head: { version, hash },
})

/** @param changed hears of every commit that changed an order */
export const sqlServerOrders = (server: SqlServer, changed: () => void): Orders => ({
  async find(id) {
    const { rows } = await server.run<Row>(sql`SELECT state, version FROM orders WHERE id = ${text(id)}`)
    return toStored(rows[0])
  },

  async lock(tx, id) {
    // A change of nothing locks the row on every server, also where hints are taken for comments.
    const { rows } = await inTransaction(tx).run<LockedRow>(
      sql`UPDATE orders SET version = version
          OUTPUT inserted.[state] AS [state], inserted.[version] AS [version], inserted.[hash] AS [hash]
          WHERE id = ${text(id)}`,
    )
    return rows[0] && toLocked(rows[0])
  },

  async append(tx, id, head, events, order) {
    const links = chainBehind(id, head, events)
    afterCommit(tx, changed)
    const transaction = inTransaction(tx)
    const key = text(id)
    const rows = links.map(
      ({ version, event, hash }) =>
        sql`(${key}, ${int(version)}, ${text(event.type)}, ${text(JSON.stringify(event))}, ${text(hash)})`,
    )
    await transaction.run(
      sql`INSERT INTO order_event (order_id, version, type, event, hash) VALUES ${join(rows, ", ")}`,
    )
    const end = links.at(-1) as StoredLink
    const version = int(end.version)
    const submittedAt = instant(new Date(order.submittedAt))
    const changing = [
      ["status", text(order.status)],
      ["version", version],
      ["hash", text(end.hash)],
      ["state", text(JSON.stringify(order))],
      ["changed_at", instant(new Date(order.changedAt))],
      ["needs_attention", flag(attentionOf(order).length > 0)],
      ["unfinished", flag(isUnfinished(order))],
    ] as const
    const lasting = [
      ["id", key],
      ["number", text(orderNumberOf(id))],
      ["customer_id", text(order.customerId)],
      ["submitted_at", submittedAt],
      ["has_coupons", flag(order.couponCodes.length > 0)],
    ] as const
    if (head) await transaction.run(sql`UPDATE orders SET ${assignments(changing)} WHERE id = ${key}`)
    else {
      await transaction.run(sql`INSERT INTO orders ${columnsOf([...lasting, ...changing])}`)
      // An order's SKUs stay what it began with.
      const skus = mergeLines(order.lines).map(({ sku }) => sql`(${text(sku)}, ${submittedAt}, ${key})`)
      await transaction.run(
        sql`INSERT INTO order_sku (sku, submitted_at, order_id) VALUES ${join(skus, ", ")}`,
      )
    }
    const marks = PROJECTIONS.map((projection) => sql`(${text(projection)}, ${key}, ${version})`)
    await transaction.run(
      sql`INSERT INTO projection_pending (projection, order_id, version) VALUES ${join(marks, ", ")}`,
    )
  },

  search: (filter, after, limit) => searchOrders(server, filter, after, limit),

  async events(id) {
    const { rows } = await server.run<EventRow>(
      sql`SELECT event FROM order_event WHERE order_id = ${text(id)} ORDER BY version`,
    )
    return rows.map((row) => readOrderEvent(JSON.parse(row.event)))
  },

  streams: (after, limit) => streamsIn(server, toLocked, after, limit),

  async headsWithin(from, before, after, limit) {
    const { rows } = await server.run<HeadLine>(
      sql`SELECT TOP (${int(limit)}) id AS [orderId], version, hash FROM orders
          WHERE changed_at >= ${instant(from)} AND changed_at < ${instant(before)} AND id > ${text(after ?? "")}
          ORDER BY id`,
    )
    return rows
  },

  async hashAt(id, version) {
    const { rows } = await server.run<{ hash: string }>(
      sql`SELECT hash FROM order_event WHERE order_id = ${text(id)} AND version = ${int(version)}`,
    )
    return rows[0]?.hash
  },

  async underWaySince(before, limit) {
    const { rows } = await server.run<{ id: string }>(
      sql`SELECT TOP (${int(limit)}) id FROM orders
          WHERE status IN (N'Submitted', N'AwaitingStock', N'AwaitingPayment') AND changed_at < ${instant(before)}
          ORDER BY changed_at`,
    )
    return rows.map(({ id }) => id)
  },

  async countInSagas() {
    const { rows } = await server.run<OrdersInSaga>(
      sql`SELECT N'checkout' AS [saga], status AS [status], COUNT(*) AS [count] FROM orders
          WHERE status IN (N'Submitted', N'AwaitingStock', N'AwaitingPayment') GROUP BY status
          UNION ALL
          SELECT N'fulfilment', status, COUNT(*) FROM orders
          WHERE unfinished = 1 AND status IN (N'Paid', N'PartiallyShipped', N'Shipped', N'Delivered')
          GROUP BY status`,
    )
    return rows
  },

  async withCoupons(after, limit) {
    const { rows } = await server.run<Row>(
      sql`SELECT TOP (${int(limit)}) state FROM orders
          WHERE has_coupons = 1 AND id > ${text(after ?? "")} ORDER BY id`,
    )
    return rows.map((row) => JSON.parse(row.state) as Order)
  },
})
