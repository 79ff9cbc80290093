import { type SqlServer, upsert } from "@eshop/building-blocks/store/sqlserver/pool"
import { assignments, columnsOf, instant, int, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import type { Order } from "@eshop/domain/ordering/order"
import type { UnfinishedOrders } from "../../fulfilment/ports.ts"

type Row = { changed_at: Date | null; order_id: string | null; round_began_at: Date }

export const sqlServerUnfinishedOrders = (server: SqlServer): UnfinishedOrders => ({
  async after(position, unchangedSince, limit) {
    const changedAt = position && instant(new Date(position.changedAt))
    const further =
      position && changedAt
        ? sql`AND (changed_at > ${changedAt} OR (changed_at = ${changedAt} AND id > ${text(position.orderId)}))`
        : sql``
    const { rows } = await server.run<{ state: string }>(
      sql`SELECT TOP (${int(limit)}) state FROM orders
          WHERE unfinished = 1 AND changed_at <= ${instant(unchangedSince)} ${further} ORDER BY changed_at, id`,
    )
    return rows.map(({ state }) => JSON.parse(state) as Order)
  },

  async progress() {
    const { rows } = await server.run<Row>(
      sql`SELECT changed_at, order_id, round_began_at FROM order_watch WHERE id = 1`,
    )
    const [row] = rows
    if (!row) return undefined
    const position =
      row.changed_at && row.order_id
        ? { changedAt: row.changed_at.toISOString(), orderId: row.order_id }
        : undefined
    return { position, roundBeganAt: row.round_began_at.toISOString() }
  },

  async moveTo({ position, roundBeganAt }) {
    const columns = [
      ["changed_at", instant(position ? new Date(position.changedAt) : null)],
      ["order_id", text(position?.orderId ?? null)],
      ["round_began_at", instant(new Date(roundBeganAt))],
    ] as const
    await upsert(
      server,
      sql`UPDATE order_watch SET ${assignments(columns)} WHERE id = 1`,
      sql`INSERT INTO order_watch ${columnsOf([["id", int(1)], ...columns])}`,
    )
  },
})
