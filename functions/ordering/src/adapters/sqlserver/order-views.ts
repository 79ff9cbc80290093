import type { UnitOfWork } from "@eshop/building-blocks/app/call"
import { isDuplicate } from "@eshop/building-blocks/store/sqlserver/failures"
import {
  inTransaction,
  type SqlServerPool,
  sqlServerUnitOfWork,
} from "@eshop/building-blocks/store/sqlserver/pool"
import { ids, instant, int, join, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import type { OrderDetails, OrderView } from "../../orders/order-views.ts"
import type { OrderViews } from "../../orders/ports.ts"
import { isBehind } from "./order-search.ts"
import { ranges } from "./pages.ts"

type Views = Parameters<OrderViews["put"]>[0]

export const sqlServerOrderViews = (server: SqlServerPool): OrderViews => ({
  async put(views) {
    if (views.length === 0) return
    // Another projector may add the same views at the same time: then they are there to be replaced.
    for (;;) {
      try {
        return await replace(sqlServerUnitOfWork(server), views)
      } catch (error) {
        if (!isDuplicate(error)) throw error
      }
    }
  },

  async find(customerId, id) {
    const { rows } = await server.run<{ details: string }>(
      sql`SELECT details FROM order_view WHERE id = ${text(id)} AND customer_id = ${text(customerId)}`,
    )
    return rows[0] && (JSON.parse(rows[0].details) as OrderDetails)
  },

  async list(customerId, { status, from, before }, after, limit) {
    const conditions = [
      sql`customer_id = ${text(customerId)}`,
      status !== undefined && sql`status = ${text(status)}`,
      from !== undefined && sql`submitted_at >= ${instant(new Date(from))}`,
      before !== undefined && sql`submitted_at < ${instant(new Date(before))}`,
      after && isBehind(sql`submitted_at`, sql`id`, after),
    ].filter((condition) => condition !== false && condition !== undefined)
    const { rows } = await server.run<{ document: string }>(
      sql`SELECT TOP (${int(limit)}) document FROM order_view
          WHERE ${join(conditions, " AND ")} ORDER BY submitted_at DESC, id DESC`,
    )
    return rows.map(({ document }) => JSON.parse(document) as OrderView)
  },

  async distrust() {
    for await (const range of ranges(server, sql`order_view`)) {
      await server.run(
        sql`DELETE FROM order_view WHERE ${range}
            AND NOT EXISTS (SELECT 1 FROM orders WHERE orders.id = order_view.id)`,
      )
      await server.run(sql`UPDATE order_view SET version = 0 WHERE ${range}`)
    }
  },
})

/** Puts the views in place of those that are not newer. */
const replace = (unitOfWork: UnitOfWork, views: Views): Promise<void> =>
  unitOfWork.transaction(async (tx) => {
    const transaction = inTransaction(tx)
    const { rows } = await transaction.run<{ id: string; version: number }>(
      sql`SELECT id, version FROM order_view WITH (UPDLOCK, ROWLOCK)
          WHERE id IN (${ids(views.map(({ view }) => view.id))}) ORDER BY id`,
    )
    const known = new Map(rows.map(({ id, version }) => [id, version]))
    const wanted = views.filter(({ view, version }) => version >= (known.get(view.id) ?? 0))
    if (wanted.length === 0) return
    const old = wanted.flatMap(({ view }) => (known.has(view.id) ? [view.id] : []))
    if (old.length > 0) await transaction.run(sql`DELETE FROM order_view WHERE id IN (${ids(old)})`)
    const values = wanted.map(
      ({ view, details, version }) =>
        sql`(${text(view.id)}, ${text(view.customerId)}, ${text(view.status)}, ${instant(new Date(view.submittedAt))}, ${int(version)},
             ${text(JSON.stringify(view))}, ${text(JSON.stringify(details))})`,
    )
    await transaction.run(
      sql`INSERT INTO order_view (id, customer_id, status, submitted_at, version, document, details) VALUES ${join(values, ", ")}`,
    )
  })
