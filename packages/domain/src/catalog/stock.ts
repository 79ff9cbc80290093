import type { Shortage } from "../events/catalog-events.ts"

/** Stock of one product: what lies in the warehouse and how much of it is promised. */
export type StockLevel = { readonly productId: string; readonly onHand: number; readonly reserved: number }

export type StockLine = { readonly productId: string; readonly quantity: number }

/**
 * held: set aside for an order. committed: sold. released: given back (also when the order ended before it asked).
 * expired: given back because nobody paid in time.
 */
export type ReservationStatus = "held" | "committed" | "released" | "expired" | "rejected"

export type Reservation = {
  readonly orderId: string
  readonly status: ReservationStatus
  readonly lines: readonly StockLine[]
  readonly expiresAt: Date
}

/** How long stock stays set aside for an order that is not paid. */
export const RESERVATION_MINUTES = 30

export const available = (level: StockLevel): number => level.onHand - level.reserved

export type ReservationDecision =
  | { readonly type: "reserved"; readonly lines: readonly StockLine[]; readonly expiresAt: Date }
  | { readonly type: "rejected"; readonly shortages: readonly Shortage[] }

/** Lines of one product become one line, ordered by product so that concurrent orders lock rows in one order. */
export function mergeLines(lines: readonly StockLine[]): StockLine[] {
  const byProduct = new Map<string, number>()
  for (const line of lines)
    byProduct.set(line.productId, (byProduct.get(line.productId) ?? 0) + line.quantity)
  return [...byProduct]
    .map(([productId, quantity]) => ({ productId, quantity }))
    .sort((a, b) => (a.productId < b.productId ? -1 : 1))
}

/**
 * All lines or none. A product without a stock row has none available.
 * @param levels current levels of the products, locked by the caller
 */
export function decideReservation(
  levels: readonly StockLevel[],
  lines: readonly StockLine[],
  now: Date,
): ReservationDecision {
  const merged = mergeLines(lines)
  const byId = new Map(levels.map((level) => [level.productId, level]))
  const shortages = merged.flatMap(({ productId, quantity }): Shortage[] => {
    const level = byId.get(productId)
    const free = level ? available(level) : 0
    return free >= quantity ? [] : [{ productId, requested: quantity, available: free }]
  })
  if (shortages.length > 0) return { type: "rejected", shortages }
  return {
    type: "reserved",
    lines: merged,
    expiresAt: new Date(now.getTime() + RESERVATION_MINUTES * 60_000),
  }
}

/** Change of a stock level by one line. */
export type StockChange = { readonly productId: string; readonly onHand: number; readonly reserved: number }

/** Setting aside promises units without moving them. */
export const holdChanges = (lines: readonly StockLine[]): StockChange[] =>
  lines.map(({ productId, quantity }) => ({ productId, onHand: 0, reserved: quantity }))

/** Giving back frees the promise. */
export const releaseChanges = (lines: readonly StockLine[]): StockChange[] =>
  lines.map(({ productId, quantity }) => ({ productId, onHand: 0, reserved: -quantity }))

/** Selling takes the promised units out of the warehouse. */
export const commitChanges = (lines: readonly StockLine[]): StockChange[] =>
  lines.map(({ productId, quantity }) => ({ productId, onHand: -quantity, reserved: -quantity }))
