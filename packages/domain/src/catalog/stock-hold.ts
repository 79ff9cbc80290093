import {
  holdEnded,
  holdLimit,
  holdUnknown,
  type StockHold,
  stockInsufficient,
} from "../contracts/stock-holds.ts"
import { mergeLines, type StockLine } from "../contracts/stock-lines.ts"
import type { RefusalOf } from "../kernel/refusal.ts"
import {
  type Allocation,
  type Overdue,
  reallocate,
  releaseChanges,
  type StockChange,
  type StockLevel,
} from "./stock.ts"

/** Units set aside for a cart. */
export type HeldStock = {
  readonly holdId: string
  /** Whom the units count for; absent: whoever names the hold may take it. */
  readonly customerId?: string
  readonly status: StockHold["status"]
  readonly lines: readonly StockLine[]
  /** Where the units are; none once the hold has ended. */
  readonly allocations: readonly Allocation[]
  readonly madeAt: Date
  /** Exclusive: from this instant on the units are free for others. */
  readonly expiresAt: Date
}

/** A hold lasts for so long from the last sign of its shopper… */
export const HOLD_MINUTES = 15
/** …and for so long in all. */
export const LONGEST_HOLD_MINUTES = 60
/** So many units a customer may hold at once, over all holds. */
export const MAX_HELD_UNITS = 100
/** So many of one variant, unless its quantity rule says how many an order may have. */
export const MAX_HELD_OF_VARIANT = 10

/** A variant that is to be held, as far as the limits go. */
export type HeldVariant = {
  readonly sku: string
  /** Units that the customer's other holds have of it. */
  readonly held: number
  /** Of its quantity rule. */
  readonly min: number
  readonly max: number | null
}

/**
 * How many units of a variant one customer may hold at once. Holds cost nothing: without a limit one shopper keeps a whole
 * product from all others. More can be ordered all the same, by whoever pays for it.
 */
const mostOf = ({ min, max }: HeldVariant): number => max ?? Math.max(min, MAX_HELD_OF_VARIANT)

export type HoldDecision = { readonly hold: HeldStock; readonly changes: readonly StockChange[] }

/** The status at an instant: a hold past its end has expired, whether or not somebody has taken notice. */
export const holdStatusAt = ({ status, expiresAt }: HeldStock, now: Date): StockHold["status"] =>
  status === "held" && expiresAt <= now ? "expired" : status

/** Whether an order of the customer may take the hold over. */
export const canBeTakenBy = (hold: HeldStock, customerId: string, now: Date): boolean =>
  holdStatusAt(hold, now) === "held" && (hold.customerId ?? customerId) === customerId

export type PutHold = {
  readonly holdId: string
  readonly lines: readonly StockLine[]
  readonly customerId?: string | undefined
}

export type HoldContext = {
  readonly levels: readonly StockLevel[]
  readonly heldElsewhere: number
  readonly variants: readonly HeldVariant[]
  readonly now: Date
}

/**
 * Makes a hold, or changes the lines of one that is held: all of them or none. It lasts for longer by that.
 * @param context.levels of the lines' variants
 * @param context.heldElsewhere units of the customer's other holds
 * @param context.variants those of the lines
 */
export function putHold(
  before: HeldStock | undefined,
  { holdId, lines, customerId }: PutHold,
  { levels, heldElsewhere, variants, now }: HoldContext,
): HoldDecision | Overdue | RefusalOf<[typeof stockInsufficient, typeof holdEnded, typeof holdLimit]> {
  const status = before && holdStatusAt(before, now)
  if (status && status !== "held") return holdEnded({ status })
  const wanted = mergeLines(lines)
  const units = wanted.reduce((sum, { quantity }) => sum + quantity, 0)
  if (heldElsewhere + units > MAX_HELD_UNITS) return holdLimit({ units: MAX_HELD_UNITS, held: heldElsewhere })
  const quantityOf = new Map(wanted.map(({ sku, quantity }) => [sku, quantity]))
  const beyond = variants.find((one) => one.held + (quantityOf.get(one.sku) ?? 0) > mostOf(one))
  if (beyond) return holdLimit({ units: mostOf(beyond), held: beyond.held, sku: beyond.sku })
  const found = reallocate(before?.allocations ?? [], levels, wanted)
  if (found.type === "overdue") return found
  if (found.type === "short") return stockInsufficient({ shortages: [...found.shortages] })
  const owner = customerId ?? before?.customerId
  const madeAt = before?.madeAt ?? now
  return {
    hold: {
      holdId,
      ...(owner !== undefined && { customerId: owner }),
      status: "held",
      lines: wanted,
      allocations: found.allocations,
      madeAt,
      expiresAt: longest(madeAt, now),
    },
    changes: found.changes,
  }
}

/** Keeps a hold for longer, as far as the bounds allow; never for less. @param until when the shopper asks it to end */
export function extendHold(
  hold: HeldStock | undefined,
  until: Date,
  now: Date,
): HoldDecision | RefusalOf<[typeof holdUnknown, typeof holdEnded]> {
  if (!hold) return holdUnknown()
  const status = holdStatusAt(hold, now)
  if (status !== "held") return holdEnded({ status })
  const bounded = Math.min(until.getTime(), longest(hold.madeAt, now).getTime())
  return { hold: { ...hold, expiresAt: new Date(Math.max(hold.expiresAt.getTime(), bounded)) }, changes: [] }
}

/** Gives the units back; one that has ended stays as it is. */
export function releaseHold(
  hold: HeldStock | undefined,
  now: Date,
): HoldDecision | RefusalOf<[typeof holdUnknown]> {
  if (!hold) return holdUnknown()
  return holdStatusAt(hold, now) === "held" ? end(hold, "released") : { hold, changes: [] }
}

/** Gives the units back once the time is over. */
export const expireHold = (hold: HeldStock, now: Date): HoldDecision =>
  hold.status === "held" && hold.expiresAt <= now ? end(hold, "expired") : { hold, changes: [] }

const end = (hold: HeldStock, status: "released" | "expired"): HoldDecision => ({
  hold: { ...hold, status, allocations: [] },
  changes: releaseChanges(hold.allocations),
})

const longest = (madeAt: Date, now: Date): Date =>
  new Date(Math.min(now.getTime() + HOLD_MINUTES * 60_000, madeAt.getTime() + LONGEST_HOLD_MINUTES * 60_000))

/** What Basket is told of a hold. */
export const toStockHold = (hold: HeldStock, now: Date): StockHold => ({
  holdId: hold.holdId,
  status: holdStatusAt(hold, now),
  lines: [...hold.lines],
  expiresAt: hold.expiresAt.toISOString(),
})
