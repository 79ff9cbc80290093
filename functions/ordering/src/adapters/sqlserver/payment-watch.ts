import { inTransaction, type SqlServer, upsert } from "@eshop/building-blocks/store/sqlserver/pool"
import { assignments, columnsOf, instant, int, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import type { PaymentWatch } from "../../payments/ports.ts"

/** The one provider that there is. */
const provider = text("stripe")

type Row = { settled_until: Date; window_end: Date | null; after_payment: string | null }

/** How far payments are settled with the provider, as SQL Server tables. */
export const sqlServerPaymentWatch = (server: SqlServer): PaymentWatch => ({
  async until() {
    const { rows } = await server.run<Row>(
      sql`SELECT settled_until, window_end, after_payment FROM payment_reconciliation WHERE provider = ${provider}`,
    )
    const [row] = rows
    return (
      row && {
        from: row.settled_until,
        ...(row.window_end && { to: row.window_end }),
        ...(row.after_payment !== null && { after: row.after_payment }),
      }
    )
  },

  async moveTo({ from, to, after }) {
    const position = [
      ["settled_until", instant(from)],
      ["window_end", instant(to ?? null)],
      ["after_payment", text(after ?? null)],
    ] as const
    await upsert(
      server,
      sql`UPDATE payment_reconciliation SET ${assignments(position)} WHERE provider = ${provider}`,
      sql`INSERT INTO payment_reconciliation ${columnsOf([["provider", provider], ...position])}`,
    )
  },

  async watched(limit) {
    const { rows } = await server.run<{ paymentId: string; orderId: string }>(
      sql`SELECT TOP (${int(limit)}) payment_id AS [paymentId], order_id AS [orderId] FROM payment_watch
          ORDER BY since, payment_id`,
    )
    return rows
  },

  async watch(tx, { paymentId, orderId }, now) {
    await upsert(
      inTransaction(tx),
      sql`UPDATE payment_watch SET since = ${instant(now)} WHERE payment_id = ${text(paymentId)}`,
      sql`INSERT INTO payment_watch (payment_id, order_id, since)
          VALUES (${text(paymentId)}, ${text(orderId)}, ${instant(now)})`,
    )
  },

  async settled(paymentId) {
    await server.run(sql`DELETE FROM payment_watch WHERE payment_id = ${text(paymentId)}`)
  },
})
