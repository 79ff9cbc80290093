import { inTransaction } from "@eshop/building-blocks/store/postgres/pool"
import type { ChangedLevel, StockChange, StockLevel } from "@eshop/domain/catalog/stock"
import type pg from "pg"
import { type Stock, type StockLocation, StockOvertakenError } from "../stock/ports.ts"
import { postgresHolds } from "./postgres-holds.ts"
import { postgresReservations } from "./postgres-reservations.ts"
import { postgresStockList } from "./postgres-stock-list.ts"

// One statement, hence one snapshot: what is reserved and what of it is overdue always fit together. Overdue units are
// counted only where the free ones do not suffice.
const levels = `
  WITH wanted AS (SELECT * FROM unnest($1::text[], $2::int[]) AS w (sku, quantity)),
  overdue AS (
    SELECT unit.sku, unit.location, sum(unit.quantity)::int AS units
    FROM (SELECT allocations FROM reservation WHERE status = 'held' AND expires_at <= $3
          UNION ALL
          SELECT allocations FROM stock_hold WHERE status = 'held' AND expires_at <= $3) AS ended,
         jsonb_to_recordset(ended.allocations) AS unit (sku text, location text, quantity int)
    WHERE unit.sku = ANY ($1::text[])
      AND EXISTS (SELECT FROM wanted WHERE quantity > (SELECT coalesce(sum(greatest(on_hand - reserved, 0)), 0)
                                                       FROM stock WHERE stock.sku = wanted.sku))
    GROUP BY unit.sku, unit.location
  )
  SELECT variant.sku, coalesce(stock.location, first.id) AS location, coalesce(on_hand, 0) AS "onHand",
         coalesce(reserved, 0) AS reserved, coalesce(units, 0) AS overdue,
         coalesce(safety_stock, 0) AS "safetyStock", backorder AND place IS NOT NULL AS backorder
  FROM variant
  LEFT JOIN stock USING (sku)
  LEFT JOIN stock_location ON stock_location.id = stock.location
  LEFT JOIN overdue ON overdue.sku = stock.sku AND overdue.location = stock.location
  CROSS JOIN (SELECT id FROM stock_location ORDER BY priority, id LIMIT 1) AS first
  WHERE variant.sku = ANY ($1::text[])
  ORDER BY stock_location.priority, stock_location.id`
/** More than there ever is: overdue units are counted. */
const ALL = 2_147_483_647

const changed = `stock.sku, stock.location, stock.on_hand AS "onHand", stock.reserved,
                 stock.safety_stock AS "safetyStock"`

export const postgresStock = (pool: pg.Pool): Stock => ({
  reservations: postgresReservations(),
  holds: postgresHolds(pool),
  ...postgresStockList(pool),

  async find(sku, now) {
    const { rows } = await pool.query<StockLevel>({
      name: "stock-levels",
      text: levels,
      values: [[sku], [ALL], now],
    })
    return rows
  },

  async nextEnd(now) {
    const { rows } = await pool.query<{ next: Date | null }>({
      name: "stock-next-end",
      text: `SELECT least((SELECT min(expires_at) FROM reservation WHERE status = 'held' AND expires_at > $1),
                          (SELECT min(expires_at) FROM stock_hold WHERE status = 'held' AND expires_at > $1)) AS next`,
      values: [now],
    })
    return rows[0]?.next ?? undefined
  },

  async levels(tx, lines, now) {
    const { rows } = await inTransaction(tx).query<StockLevel>({
      name: "stock-levels",
      text: levels,
      values: [lines.map(({ sku }) => sku), lines.map(({ quantity }) => quantity), now],
    })
    return rows
  },

  async lock(tx, skus, now) {
    const connection = inTransaction(tx)
    const text = "SELECT FROM stock WHERE sku = ANY ($1::text[]) ORDER BY sku, location FOR UPDATE"
    await connection.query({ name: "stock-lock", text, values: [skus] })
    const { rows } = await connection.query<StockLevel>({
      name: "stock-levels",
      text: levels,
      values: [skus, skus.map(() => ALL), now],
    })
    return rows
  },

  async change(tx, changes) {
    const connection = inTransaction(tx)
    // ORDER BY decides in which order rows are locked: the same for everybody, hence no deadlock. A change that leaves
    // less to be ordered than before must leave it at zero or above.
    const { rows } = await connection.query<ChangedLevel>({
      name: "stock-change",
      text: `WITH wanted AS (
               SELECT * FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::bool[])
                             AS w (sku, location, on_hand, reserved, overdraw)
             ), locked AS (
               SELECT sku, location FROM stock JOIN wanted USING (sku, location)
               ORDER BY sku, location FOR UPDATE OF stock
             )
             UPDATE stock SET on_hand = stock.on_hand + wanted.on_hand, reserved = stock.reserved + wanted.reserved,
                              overdrawn = (stock.overdrawn OR overdraw)
                                AND stock.reserved + wanted.reserved > stock.on_hand + wanted.on_hand
             FROM wanted JOIN locked USING (sku, location)
             WHERE stock.sku = wanted.sku AND stock.location = wanted.location
               AND (overdraw OR wanted.on_hand >= wanted.reserved
                    OR stock.on_hand + wanted.on_hand >= stock.reserved + wanted.reserved)
             RETURNING ${changed}`,
      values: columnsOf(changes),
    })
    if (rows.length === changes.length) return rows
    const isThere = new Set(rows.map(({ sku, location }) => `${sku} ${location}`))
    const missing = changes.filter(({ sku, location }) => !isThere.has(`${sku} ${location}`))
    const { rows: added } = await connection.query<ChangedLevel>({
      name: "stock-add",
      text: `INSERT INTO stock (sku, location, on_hand, reserved, overdrawn)
             SELECT sku, location, on_hand, reserved, reserved > on_hand
             FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::bool[])
                  AS w (sku, location, on_hand, reserved, overdraw)
             WHERE overdraw OR on_hand >= reserved ORDER BY sku, location
             ON CONFLICT DO NOTHING RETURNING ${changed}`,
      values: columnsOf(missing),
    })
    if (added.length < missing.length) throw new StockOvertakenError()
    return [...rows, ...added]
  },

  async productsOf(tx, skus) {
    const { rows } = await inTransaction(tx).query<{ product_id: string }>({
      name: "stock-products-of",
      text: "SELECT DISTINCT product_id FROM variant WHERE sku = ANY ($1::text[])",
      values: [skus],
    })
    return rows.map((row) => row.product_id)
  },

  async setSafetyStock(tx, stocks) {
    await inTransaction(tx).query({
      name: "stock-safety",
      text: `INSERT INTO stock (sku, location, safety_stock)
             SELECT * FROM unnest($1::text[], $2::text[], $3::int[]) AS given (sku, location) ORDER BY sku, location
             ON CONFLICT (sku, location) DO UPDATE SET safety_stock = excluded.safety_stock`,
      values: [
        stocks.map(({ sku }) => sku),
        stocks.map(({ location }) => location),
        stocks.map(({ units }) => units),
      ],
    })
  },

  async locations() {
    const { rows } = await pool.query<StockLocation>(
      "SELECT id, priority FROM stock_location ORDER BY priority, id",
    )
    return rows
  },

  async putLocation(tx, { id, priority }, most) {
    const connection = inTransaction(tx)
    // Two that are added at once are counted one after the other.
    await connection.query("LOCK TABLE stock_location IN SHARE ROW EXCLUSIVE MODE")
    const { rowCount } = await connection.query(
      `INSERT INTO stock_location (id, priority)
       SELECT $1, $2 WHERE (SELECT count(*) FROM stock_location WHERE id <> $1) < $3
       ON CONFLICT (id) DO UPDATE SET priority = excluded.priority`,
      [id, priority, most],
    )
    return rowCount === 1
  },
})

const columnsOf = (changes: readonly StockChange[]): unknown[] => [
  changes.map(({ sku }) => sku),
  changes.map(({ location }) => location),
  changes.map(({ onHand }) => onHand),
  changes.map(({ reserved }) => reserved),
  changes.map(({ overdraw }) => overdraw),
]
