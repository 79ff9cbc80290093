import { inTransaction, type SqlServer, upsert } from "@eshop/building-blocks/store/sqlserver/pool"
import { assignments, columnsOf, instant, int, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import type { ProviderWatch } from "../../payments/ports.ts"

type Row = { settled_until: Date; window_end: Date | null; after_id: string | null }

/** How far one of the payment provider's lists is settled, as SQL Server tables. */
export const sqlServerProviderWatch = (
  server: SqlServer,
  list: "payments" | "refunds" | "reports",
): ProviderWatch => ({
  async until() {
    const { rows } = await server.run<Row>(
      sql`SELECT settled_until, window_end, after_id FROM provider_reconciliation WHERE list = ${text(list)}`,
    )
    const [row] = rows
    return (
      row && {
        from: row.settled_until,
        ...(row.window_end && { to: row.window_end }),
        ...(row.after_id !== null && { after: row.after_id }),
      }
    )
  },

  async moveTo({ from, to, after }) {
    const position = [
      ["settled_until", instant(from)],
      ["window_end", instant(to ?? null)],
      ["after_id", text(after ?? null)],
    ] as const
    await upsert(
      server,
      sql`UPDATE provider_reconciliation SET ${assignments(position)} WHERE list = ${text(list)}`,
      sql`INSERT INTO provider_reconciliation ${columnsOf([["list", text(list)], ...position])}`,
    )
  },

  async watched(limit) {
    const { rows } = await server.run<{ id: string; orderId: string }>(
      sql`SELECT TOP (${int(limit)}) id AS [id], order_id AS [orderId] FROM provider_watch
          WHERE list = ${text(list)} ORDER BY since, id`,
    )
    return rows
  },

  async watch(tx, { id, orderId }, now) {
    await upsert(
      inTransaction(tx),
      sql`UPDATE provider_watch SET since = ${instant(now)} WHERE list = ${text(list)} AND id = ${text(id)}`,
      sql`INSERT INTO provider_watch (list, id, order_id, since)
          VALUES (${text(list)}, ${text(id)}, ${text(orderId)}, ${instant(now)})`,
    )
  },

  async settled(id) {
    await server.run(sql`DELETE FROM provider_watch WHERE list = ${text(list)} AND id = ${text(id)}`)
  },
})
