import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type { ReservationStatus, StockLevel } from "@eshop/domain/catalog/stock"
import type { StockLine } from "@eshop/domain/contracts/stock-lines"
import type pg from "pg"
import { type Stock, StockOvertakenError } from "../stock/ports.ts"

/** The table's bounds on reserved and on hand, the last line of defence against overselling. */
const CHECK_VIOLATION = "23514"

type LevelRow = { sku: string; on_hand: number; reserved: number }
type ReservationRow = { order_id: string; status: ReservationStatus; lines: StockLine[]; expires_at: Date }

const toLevel = (row: LevelRow): StockLevel => ({
  sku: row.sku,
  onHand: row.on_hand,
  reserved: row.reserved,
})

export const postgresStock = (pool: pg.Pool): Stock => ({
  async find(sku) {
    const { rows } = await pool.query<LevelRow>({
      name: "stock-find",
      text: "SELECT sku, on_hand, reserved FROM stock WHERE sku = $1",
      values: [sku],
    })
    return rows[0] && toLevel(rows[0])
  },

  async levels(tx, skus) {
    const { rows } = await inTransaction(tx).query<LevelRow>({
      name: "stock-levels",
      text: "SELECT sku, on_hand, reserved FROM stock WHERE sku = ANY ($1::text[])",
      values: [skus],
    })
    return rows.map(toLevel)
  },

  async change(tx, changes) {
    // ORDER BY decides in which order rows are locked: the same for everybody, hence no deadlock.
    const query = {
      name: "stock-change",
      text: `WITH wanted AS (
               SELECT * FROM unnest($1::text[], $2::int[], $3::int[]) AS w (sku, on_hand, reserved)
             ), locked AS (
               SELECT sku FROM stock JOIN wanted USING (sku)
               ORDER BY sku FOR UPDATE OF stock
             )
             UPDATE stock SET on_hand = stock.on_hand + wanted.on_hand, reserved = stock.reserved + wanted.reserved
             FROM wanted JOIN locked USING (sku) WHERE stock.sku = wanted.sku`,
      values: [
        changes.map(({ sku }) => sku),
        changes.map(({ onHand }) => onHand),
        changes.map(({ reserved }) => reserved),
      ],
    }
    await inTransaction(tx)
      .query(query)
      .catch((error: { code?: string }) => {
        throw error.code === CHECK_VIOLATION ? new StockOvertakenError() : error
      })
  },

  async lockReservation(tx, orderId) {
    const { rows } = await inTransaction(tx).query<ReservationRow>({
      name: "reservation-lock",
      text: "SELECT order_id, status, lines, expires_at FROM reservation WHERE order_id = $1 FOR UPDATE",
      values: [orderId],
    })
    const row = rows[0]
    return row && { orderId: row.order_id, status: row.status, lines: row.lines, expiresAt: row.expires_at }
  },

  async addReservation(tx, { orderId, status, lines, expiresAt }) {
    await inTransaction(tx).query({
      name: "reservation-add",
      text: "INSERT INTO reservation (order_id, status, lines, expires_at) VALUES ($1, $2, $3, $4)",
      values: [orderId, status, JSON.stringify(lines), expiresAt],
    })
  },

  async setStatus(tx, orderId, status) {
    await inTransaction(tx).query({
      name: "reservation-status",
      text: "UPDATE reservation SET status = $2 WHERE order_id = $1",
      values: [orderId, status],
    })
  },

  async overdue(now, limit) {
    const { rows } = await pool.query<{ order_id: string }>(
      "SELECT order_id FROM reservation WHERE status = 'held' AND expires_at <= $1 ORDER BY expires_at LIMIT $2",
      [now, limit],
    )
    return rows.map((row) => row.order_id)
  },
})
