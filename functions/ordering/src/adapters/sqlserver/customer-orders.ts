import { inTransaction, type SqlServer } from "@eshop/building-blocks/store/sqlserver/pool"
import { ids, inParts, instant, int, sql, text } from "@eshop/building-blocks/store/sqlserver/sql"
import type { Order } from "@eshop/domain/ordering/order"
import type { CustomerOrders } from "../../privacy/ports.ts"

type Row = { state: string }
const orderOf = ({ state }: Row) => JSON.parse(state) as Order

export const sqlServerCustomerOrders = (server: SqlServer): CustomerOrders => ({
  async list(customerId, limit) {
    const { rows } = await server.run<Row>(
      sql`SELECT TOP (${int(limit)}) state FROM orders WHERE customer_id = ${text(customerId)} ORDER BY id DESC`,
    )
    return rows.map(orderOf)
  },

  async keptBy(tx, { customerId, until }) {
    const { rows } = await inTransaction(tx).run<Row>(
      sql`SELECT state FROM orders JOIN personal_data ON personal_data.subject = orders.id
          WHERE personal_data.customer_id = ${text(customerId)} AND kept_at <= ${instant(new Date(until))}
          ORDER BY orders.id`,
    )
    return rows.map(orderOf)
  },

  async known(orderIds) {
    const known: string[] = []
    for (const part of inParts(orderIds)) {
      const { rows } = await server.run<{ id: string }>(sql`SELECT id FROM orders WHERE id IN (${ids(part)})`)
      known.push(...rows.map(({ id }) => id))
    }
    return known
  },
})
