import * as z from "zod"
import type { Shortage } from "../contracts/catalog-events.ts"
import { mergeLines, type StockLine } from "../contracts/stock-lines.ts"
import { OrderId } from "../kernel/ids.ts"
import { defineRefusal } from "../kernel/refusal.ts"

/** Stock of one variant: what lies in the warehouse and how much of it is promised. */
export type StockLevel = { readonly sku: string; readonly onHand: number; readonly reserved: number }

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

/** Paid after its time, and the units were sold to others meanwhile. */
export const stockGone = defineRefusal(
  "stock.gone",
  "conflict",
  "The order was paid after its reservation had expired, and the stock is gone.",
  z.object({ orderId: OrderId }),
)

export const reservationMissing = defineRefusal(
  "reservation.missing",
  "conflict",
  ({ status }) => `The order is paid, but its reservation is ${status}.`,
  z.object({ orderId: OrderId, status: z.string() }),
)

/** How long stock stays set aside for an order that is not paid. */
export const RESERVATION_MINUTES = 30

export const available = (level: StockLevel): number => level.onHand - level.reserved

export type ReservationDecision =
  | { readonly type: "reserved"; readonly lines: readonly StockLine[]; readonly expiresAt: Date }
  | { readonly type: "rejected"; readonly shortages: readonly Shortage[] }

/**
 * All lines or none. A variant without a stock row has none available.
 * @param levels current levels of the variants, locked by the caller
 */
export function decideReservation(
  levels: readonly StockLevel[],
  lines: readonly StockLine[],
  now: Date,
): ReservationDecision {
  const merged = mergeLines(lines)
  const bySku = new Map(levels.map((level) => [level.sku, level]))
  const shortages = merged.flatMap(({ sku, quantity }): Shortage[] => {
    const level = bySku.get(sku)
    const free = level ? available(level) : 0
    return free >= quantity ? [] : [{ sku, requested: quantity, available: free }]
  })
  if (shortages.length > 0) return { type: "rejected", shortages }
  return {
    type: "reserved",
    lines: merged,
    expiresAt: new Date(now.getTime() + RESERVATION_MINUTES * 60_000),
  }
}

/** Change of a stock level by one line. */
export type StockChange = { readonly sku: string; readonly onHand: number; readonly reserved: number }

/** Setting aside promises units without moving them. */
export const holdChanges = (lines: readonly StockLine[]): StockChange[] =>
  lines.map(({ sku, quantity }) => ({ sku, onHand: 0, reserved: quantity }))

/** Giving back frees the promise. */
export const releaseChanges = (lines: readonly StockLine[]): StockChange[] =>
  lines.map(({ sku, quantity }) => ({ sku, onHand: 0, reserved: -quantity }))

/** Selling takes the promised units out of the warehouse. */
export const commitChanges = (lines: readonly StockLine[]): StockChange[] =>
  lines.map(({ sku, quantity }) => ({ sku, onHand: -quantity, reserved: -quantity }))
