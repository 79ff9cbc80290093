import type pg from "pg"
import type { ListedLevel, Stock } from "../stock/ports.ts"
import { anywhere } from "./like.ts"

// Ordered anew at each question: an index over what orders change all the time would cost every one of them.
const listed = `
  SELECT * FROM (
    SELECT variant.sku, coalesce(stock.location, first.id) AS location, coalesce(on_hand, 0) AS "onHand",
           coalesce(reserved, 0) AS reserved, coalesce(safety_stock, 0) AS "safetyStock",
           backorder AND place IS NOT NULL AS backorder, product_id AS "productId", name, options,
           coalesce(on_hand - reserved - safety_stock, 0) AS headroom
    FROM variant
    JOIN product ON product.id = product_id
    LEFT JOIN stock USING (sku)
    CROSS JOIN (SELECT id FROM stock_location ORDER BY priority, id LIMIT 1) AS first
    WHERE (place IS NOT NULL AND status <> 'discontinued' OR on_hand <> 0)
      AND ($1::text IS NULL OR sort_name LIKE $1 OR starts_with(variant.sku, $2))
  ) AS level
  WHERE ($3::text IS NULL OR location = $3)
    AND (NOT $4 OR headroom <= 0)
    AND ($5::int IS NULL OR (headroom, sku, location) > ($5, $6, $7))
  ORDER BY headroom, sku, location LIMIT $8`

/** Levels as those who keep the stock go through them. */
export const postgresStockList = (pool: pg.Pool): Pick<Stock, "list"> => ({
  async list({ text, location, isLow = false }, { after, limit }) {
    const { rows } = await pool.query<ListedLevel & { headroom: number }>({
      name: "stock-list",
      text: listed,
      values: [
        ...(text === undefined ? [null, null] : [anywhere(text.toLowerCase()), text.toUpperCase()]),
        ...[location ?? null, isLow],
        ...(after ? [after.headroom, after.sku, after.location] : [null, null, null]),
        limit,
      ],
    })
    return rows.map(({ headroom: _, ...level }) => level)
  },
})
