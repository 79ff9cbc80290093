import type { Tx } from "@eshop/building-blocks/app/call"
import type { PriceChange, PriceRow } from "@eshop/domain/catalog/price"
import type { AnnouncedPrice } from "@eshop/domain/catalog/price-history"
import type { Price } from "@eshop/domain/contracts/prices"

/** Where a page of a variant's history begins: after this row. */
export type PriceCursor = { readonly recordedAt: string; readonly id: string }

export type Prices = {
  /** The prices that stand, of each variant: what holds now, will hold, or is over and was not ended. */
  of(skus: readonly string[]): Promise<ReadonlyMap<string, readonly Price[]>>
  /**
   * The rows that stand, of each variant, and those that were in force within 30 days before the price that was
   * announced last began, or later.
   * @param tx to see what the transaction sees; the products' rows are locked by the caller
   */
  recent(skus: readonly string[], tx?: Tx): Promise<ReadonlyMap<string, readonly PriceRow[]>>
  /** Every row that a variant ever had, newest first. */
  history(sku: string, page: { after?: PriceCursor; limit: number }): Promise<readonly PriceRow[]>
  /** Ends rows and adds others. */
  change(tx: Tx, change: PriceChange): Promise<void>

  /** What others were told last, of each variant of which something was. */
  announced(tx: Tx, skus: readonly string[]): Promise<ReadonlyMap<string, AnnouncedPrice>>
  /** Remembers what others are told. */
  announce(tx: Tx, prices: ReadonlyMap<string, AnnouncedPrice>): Promise<void>
  /** Products of which the time of a price has begun or is over since it was announced, the longest waiting first. */
  due(now: Date, limit: number): Promise<readonly DueProduct[]>
  /** When the time of a price begins or is over next. */
  nextChange(now: Date): Promise<Date | undefined>
}

export type DueProduct = { readonly productId: string; readonly skus: readonly string[] }

/** What a change of prices needs. */
export type PriceWrites = Pick<Prices, "recent" | "change" | "announced" | "announce">
