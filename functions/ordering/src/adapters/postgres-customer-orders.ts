import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type { Order } from "@eshop/domain/ordering/order"
import type pg from "pg"
import type { CustomerOrders } from "../privacy/ports.ts"

type Row = { state: Order }

export const postgresCustomerOrders = (pool: pg.Pool): CustomerOrders => ({
  async list(customerId, limit) {
    const { rows } = await pool.query<Row>({
      name: "customer-orders-list",
      text: "SELECT state FROM orders WHERE customer_id = $1 ORDER BY submitted_at DESC, id DESC LIMIT $2",
      values: [customerId, limit],
    })
    return rows.map(({ state }) => state)
  },

  async keptBy(tx, { customerId, until }) {
    const { rows } = await inTransaction(tx).query<Row>(
      `SELECT state FROM orders JOIN personal_data ON personal_data.subject = orders.id::text
       WHERE personal_data.customer_id = $1 AND kept_at <= $2 ORDER BY orders.id`,
      [customerId, until],
    )
    return rows.map(({ state }) => state)
  },

  async known(orderIds) {
    const { rows } = await pool.query<{ id: string }>("SELECT id FROM orders WHERE id = ANY($1::uuid[])", [
      orderIds,
    ])
    return rows.map(({ id }) => id)
  },
})
