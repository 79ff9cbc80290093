import { inTransaction, sendInTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type { Reservation } from "@eshop/domain/catalog/reservation"
import { type Reservations, StockOvertakenError } from "../stock/ports.ts"
import { overdueClaims } from "./overdue-claims.ts"

const columns = `order_id AS "orderId", status, wanted, given_back AS "givenBack", returns, allocations,
                 expires_at AS "expiresAt"`

// The rows as they are written: JSON has the domain's names.
const given = `SELECT "orderId", status, wanted, "givenBack", returns, allocations, "expiresAt"
               FROM jsonb_to_recordset($1) AS r ("orderId" uuid, status text, wanted jsonb, "givenBack" jsonb,
                                                 returns jsonb, allocations jsonb, "expiresAt" timestamptz)`

/** What orders have of the stock, as a PostgreSQL table. */
export const postgresReservations = (): Reservations => ({
  async lock(tx, orderId) {
    const { rows } = await inTransaction(tx).query<Reservation>({
      name: "reservation-lock",
      text: `SELECT ${columns} FROM reservation WHERE order_id = $1 FOR UPDATE`,
      values: [orderId],
    })
    return rows[0]
  },

  async add(tx, reservation) {
    const add = {
      name: "reservation-add",
      text: `INSERT INTO reservation (order_id, status, wanted, given_back, returns, allocations, expires_at)
             ${given} ON CONFLICT DO NOTHING`,
      values: [JSON.stringify([reservation])],
    }
    sendInTransaction(tx, add, ({ rowCount }) => {
      if (rowCount === 0) throw new StockOvertakenError()
    })
  },

  async save(tx, reservations) {
    sendInTransaction(tx, {
      name: "reservation-save",
      text: `UPDATE reservation SET status = given.status, wanted = given.wanted, given_back = given."givenBack",
                                    returns = given.returns, allocations = given.allocations,
                                    expires_at = given."expiresAt"
             FROM (${given}) AS given WHERE order_id = given."orderId"`,
      values: [JSON.stringify(reservations)],
    })
  },

  ...overdueClaims<Reservation>("reservation", columns),
})
