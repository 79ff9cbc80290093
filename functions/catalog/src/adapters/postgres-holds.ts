import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type { HeldStock, HeldVariant } from "@eshop/domain/catalog/stock-hold"
import type pg from "pg"
import { type Holds, StockOvertakenError } from "../stock/ports.ts"
import { overdueClaims } from "./overdue-claims.ts"

type Row = Omit<HeldStock, "customerId"> & { customerId: string | null }

const columns = `hold_id AS "holdId", customer_id AS "customerId", status, lines, allocations, made_at AS "madeAt",
                 expires_at AS "expiresAt"`
const overdue = overdueClaims<Row>("stock_hold", columns)

// The rows as they are written: JSON has the domain's names.
const given = `SELECT "holdId", "customerId", status, lines, allocations, "madeAt", "expiresAt"
               FROM jsonb_to_recordset($1) AS h ("holdId" uuid, "customerId" text, status text, lines jsonb,
                                                 allocations jsonb, "madeAt" timestamptz, "expiresAt" timestamptz)`

const toHold = ({ customerId, ...row }: Row): HeldStock => ({
  ...row,
  ...(customerId !== null && { customerId }),
})

/** What carts have of the stock, as a PostgreSQL table. */
export const postgresHolds = (pool: pg.Pool): Holds => ({
  async find(holdId) {
    const { rows } = await pool.query<Row>({
      name: "hold-find",
      text: `SELECT ${columns} FROM stock_hold WHERE hold_id = $1`,
      values: [holdId],
    })
    return rows[0] && toHold(rows[0])
  },

  async lock(tx, holdId) {
    const { rows } = await inTransaction(tx).query<Row>({
      name: "hold-lock",
      text: `SELECT ${columns} FROM stock_hold WHERE hold_id = $1 FOR UPDATE`,
      values: [holdId],
    })
    return rows[0] && toHold(rows[0])
  },

  async add(tx, hold) {
    const { rowCount } = await inTransaction(tx).query({
      name: "hold-add",
      text: `INSERT INTO stock_hold (hold_id, customer_id, status, lines, allocations, made_at, expires_at)
             ${given} ON CONFLICT DO NOTHING`,
      values: [JSON.stringify([hold])],
    })
    if (rowCount === 0) throw new StockOvertakenError()
  },

  async save(tx, holds) {
    await inTransaction(tx).query({
      name: "hold-save",
      text: `UPDATE stock_hold SET customer_id = given."customerId", status = given.status, lines = given.lines,
                                   allocations = given.allocations, expires_at = given."expiresAt"
             FROM (${given}) AS given WHERE hold_id = given."holdId"`,
      values: [JSON.stringify(holds)],
    })
  },

  async lockOverdue(tx, now, limit) {
    return (await overdue.lockOverdue(tx, now, limit)).map(toHold)
  },

  async lockOverdueOf(tx, skus, now, limit) {
    return (await overdue.lockOverdueOf(tx, skus, now, limit)).map(toHold)
  },

  async heldBesides(tx, holdId, customerId, skus, now) {
    const connection = inTransaction(tx)
    // Two holds that one customer makes at once are counted one after the other.
    if (customerId !== undefined)
      await connection.query({
        name: "hold-lock-customer",
        text: "SELECT pg_advisory_xact_lock(hashtextextended('stock-hold ' || $1, 0))",
        values: [customerId],
      })
    const { rows } = await connection.query<{ units: number; variants: HeldVariant[] }>({
      name: "hold-besides",
      text: `WITH held AS (
               SELECT unit.sku, unit.quantity
               FROM stock_hold, jsonb_to_recordset(allocations) AS unit (sku text, quantity int)
               WHERE customer_id = $2 AND status = 'held' AND expires_at > $4 AND hold_id <> $1)
             SELECT (SELECT coalesce(sum(quantity), 0)::int FROM held) AS units,
                    coalesce(jsonb_agg(jsonb_build_object(
                      'sku', sku, 'min', min_quantity, 'max', max_quantity,
                      'held', (SELECT coalesce(sum(quantity), 0) FROM held WHERE held.sku = variant.sku))), '[]')
                      AS variants
             FROM variant WHERE sku = ANY ($3)`,
      values: [holdId, customerId ?? null, skus, now],
    })
    return rows[0] as (typeof rows)[number]
  },

  async ofCustomer(customerId, limit) {
    const { rows } = await pool.query<Row>({
      name: "holds-of-customer",
      text: `SELECT ${columns} FROM stock_hold WHERE customer_id = $1 ORDER BY made_at DESC LIMIT $2`,
      values: [customerId, limit],
    })
    return rows.map(toHold)
  },

  async disown(tx, customerId, until) {
    await inTransaction(tx).query(
      "UPDATE stock_hold SET customer_id = NULL WHERE customer_id = $1 AND made_at <= $2",
      [customerId, until],
    )
  },

  async forget(before) {
    await pool.query(
      `DELETE FROM stock_hold WHERE hold_id = ANY (ARRAY(
         SELECT hold_id FROM stock_hold WHERE status <> 'held' AND expires_at < $1 LIMIT 5000))`,
      [before],
    )
  },
})
