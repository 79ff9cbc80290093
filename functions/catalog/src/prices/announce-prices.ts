import type { Tx } from "@eshop/building-blocks/app/call"
import type { PriceRow } from "@eshop/domain/catalog/price"
import { type AnnouncedPrice, announcementAt } from "@eshop/domain/catalog/price-history"
import type { Money } from "@eshop/domain/kernel/money"
import type { PriceWrites } from "./ports.ts"

/** What one unit of a variant cost everybody, and costs from now on; absent where it has no price. */
export type ChangedPrice = { readonly sku: string; readonly from?: Money; readonly to?: Money }

/**
 * Remembers what one unit of these variants costs everybody at this instant, and when time alone will change it. The
 * products' rows are locked by the caller, so that each change is found once.
 * @param rows of each variant: those that stand, and those that were in force when it was announced last, or later
 * @returns the variants whose price is another one than it was
 */
export async function announcePrices(
  { prices }: { readonly prices: PriceWrites },
  tx: Tx,
  rows: ReadonlyMap<string, readonly PriceRow[]>,
  at: Date,
): Promise<ChangedPrice[]> {
  const last = await prices.announced(tx, [...rows.keys()])
  const next = new Map<string, AnnouncedPrice>()
  for (const [sku, rowsOfVariant] of rows) {
    const known = last.get(sku)
    // Who told it last may have a clock that is ahead: nobody goes back to what was before.
    const instant = known && known.from > at ? known.from : at
    next.set(sku, announcementAt(rowsOfVariant, instant, known))
  }
  await prices.announce(tx, next)
  return [...next].flatMap(([sku, { price: to }]) => {
    const from = last.get(sku)?.price
    if (from?.amount === to?.amount && from?.currency === to?.currency) return []
    return [{ sku, ...(from && { from }), ...(to && { to }) }]
  })
}

/** Adds the first prices of variants that have none yet. @param rows not ended, of any number of variants */
export async function startPrices(
  ports: { readonly prices: PriceWrites },
  tx: Tx,
  rows: readonly PriceRow[],
  at: Date,
): Promise<void> {
  await ports.prices.change(tx, { ended: [], added: rows, at })
  await announcePrices(
    ports,
    tx,
    Map.groupBy(rows, ({ sku }) => sku),
    at,
  )
}
