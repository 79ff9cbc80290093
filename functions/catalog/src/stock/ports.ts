import type { Tx } from "@eshop/building-blocks/app/call"
import type { Outbox } from "@eshop/building-blocks/messaging/outbox"
import type { Reservation } from "@eshop/domain/catalog/reservation"
import type { ChangedLevel, StockChange, StockLevel } from "@eshop/domain/catalog/stock"
import type { HeldStock, HeldVariant } from "@eshop/domain/catalog/stock-hold"
import type { StockLine } from "@eshop/domain/contracts/stock-lines"
import type { LocalisedText } from "@eshop/domain/kernel/localised-text"
import type { SearchIndex } from "../search/ports.ts"

/** A decision on stock is out of date: others were faster, or overdue units must first be given back. Decide anew. */
export class StockOvertakenError extends Error {
  override readonly name = "StockOvertakenError"
  /** The variants whose overdue units are needed. */
  readonly overdue: readonly string[]
  constructor(overdue: readonly string[] = []) {
    super("others were faster")
    this.overdue = overdue
  }
}

/** A level with what it is a level of. */
export type ListedLevel = Omit<StockLevel, "overdue"> & {
  readonly productId: string
  readonly name: LocalisedText
  readonly options: Readonly<Record<string, string>>
}

/** Where a page of levels begins: after this one. */
export type LevelCursor = { readonly headroom: number; readonly sku: string; readonly location: string }

export type LevelFilter = {
  /** Part of a product's name in the default language, or how a SKU begins, in any case. */
  readonly text?: string
  readonly location?: string
  /** Only those at their safety stock or below. */
  readonly isLow?: boolean
}

/** Where stock lies. An order is served from the lowest priority on. */
export type StockLocation = { readonly id: string; readonly priority: number }

/** What orders and carts have of the stock, until it is theirs no longer. */
type Claims<T> = {
  /** Locked until the transaction ends. */
  lock(tx: Tx, id: string): Promise<T | undefined>
  /** @throws StockOvertakenError when it is there already */
  add(tx: Tx, claim: T): Promise<void>
  save(tx: Tx, claims: readonly T[]): Promise<void>
  /** Some of those that are held past their end and that nobody else is at, locked until the transaction ends. */
  lockOverdue(tx: Tx, now: Date, limit: number): Promise<readonly T[]>
  /** The same, of those that hold units of these variants; where others are at all of them, one that they leave. */
  lockOverdueOf(tx: Tx, skus: readonly string[], now: Date, limit: number): Promise<readonly T[]>
}

export type Reservations = Claims<Reservation>

export type Holds = Claims<HeldStock> & {
  find(holdId: string): Promise<HeldStock | undefined>
  /**
   * What a customer holds besides one hold, in all and of these variants; nobody else changes that until the transaction
   * ends. Without a customer nothing is held.
   */
  heldBesides(
    tx: Tx,
    holdId: string,
    customerId: string | undefined,
    skus: readonly string[],
    now: Date,
  ): Promise<{ readonly units: number; readonly variants: readonly HeldVariant[] }>
  /** A customer's holds, the newest first. */
  ofCustomer(customerId: string, limit: number): Promise<readonly HeldStock[]>
  /** Takes the owner from a customer's holds that were made until then. */
  disown(tx: Tx, customerId: string, until: Date): Promise<void>
  /** Forgets holds that ended before. */
  forget(before: Date): Promise<void>
}

/** From how few units on somebody should order more. */
export type SafetyStock = { readonly sku: string; readonly location: string; readonly units: number }

/** Levels, and what orders and carts have of them. */
export type Stock = {
  readonly reservations: Reservations
  readonly holds: Holds
  /** A variant's levels, locations in the order in which they serve; none for a variant that is unknown. */
  find(sku: string, now: Date): Promise<readonly StockLevel[]>
  /** When the time of a reservation or hold is over next. */
  nextEnd(now: Date): Promise<Date | undefined>
  /**
   * Levels of all that is sold or still lies somewhere, by how far what can be ordered is above the safety stock: the
   * lowest first.
   */
  list(
    filter: LevelFilter,
    page: { readonly after?: LevelCursor; readonly limit: number },
  ): Promise<readonly ListedLevel[]>
  /**
   * Levels of the lines' variants as they are committed; not locked, so a change may find them moved. A variant without
   * any has an empty one at the first location. Overdue units are counted if the free ones of a line do not suffice.
   * @param lines one per SKU
   */
  levels(tx: Tx, lines: readonly StockLine[], now: Date): Promise<readonly StockLevel[]>
  /** The levels of variants, locked until the transaction ends. */
  lock(tx: Tx, skus: readonly string[], now: Date): Promise<readonly StockLevel[]>
  /**
   * Changes levels, each once, and locks their rows until the transaction ends: make it the transaction's last step,
   * since everybody who buys the variant waits for it.
   * @returns the levels as they are then
   * @throws StockOvertakenError when one would promise more than is there: others were faster, decide anew
   */
  change(tx: Tx, changes: readonly StockChange[]): Promise<readonly ChangedLevel[]>
  /** The products of the variants. */
  productsOf(tx: Tx, skus: readonly string[]): Promise<readonly string[]>
  setSafetyStock(tx: Tx, stocks: readonly SafetyStock[]): Promise<void>
  locations(): Promise<readonly StockLocation[]>
  /** @returns false when it would be one more than `most` */
  putLocation(tx: Tx, location: StockLocation, most: number): Promise<boolean>
}

/** What a change of levels needs. */
export type StockWrites = Pick<Stock, "lock" | "locations" | "change" | "productsOf" | "setSafetyStock">

export type StockPorts = {
  readonly stock: Stock
  readonly searchIndex: SearchIndex
  readonly outbox: Outbox
}
