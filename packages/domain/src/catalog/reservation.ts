import * as z from "zod"
import type { Shortage } from "../contracts/catalog-events.ts"
import { mergeLines, type StockLine } from "../contracts/stock-lines.ts"
import { OrderId } from "../kernel/ids.ts"
import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import {
  type Allocation,
  allocate,
  commitChanges,
  linesLeft,
  linesOf,
  type Overdue,
  reallocate,
  releaseChanges,
  restockChanges,
  type StockChange,
  type StockLevel,
  sellChanges,
  takeOut,
} from "./stock.ts"
import { canBeTakenBy, type HeldStock } from "./stock-hold.ts"

/**
 * awaited: something overtook the order's creation. held: set aside. rejected: there was too little. expired: not paid
 * in time, given back. committed: sold. released: the order was cancelled; nothing is its any more.
 */
export type ReservationStatus = "awaited" | "held" | "rejected" | "expired" | "committed" | "released"

/** What an order has of the stock. */
export type Reservation = {
  readonly orderId: string
  readonly status: ReservationStatus
  /** One line per SKU; none until the order's creation or payment has told them. */
  readonly wanted: readonly StockLine[]
  /** By cancelled lines and returns, also those that came before what they give back. */
  readonly givenBack: readonly StockLine[]
  /** The returns that are in `givenBack`. */
  readonly returns: readonly string[]
  /** Where its units are reserved (held) or were sold from (committed): what it wants without what it gave back. */
  readonly allocations: readonly Allocation[]
  /** Exclusive: from this instant on a held reservation's units are free for others. */
  readonly expiresAt: Date
}

/** What happens to an order, as far as the stock goes. */
export type ReservationEvent =
  | { readonly type: "created"; readonly lines: readonly StockLine[]; readonly customerId: string }
  | { readonly type: "paid"; readonly lines: readonly StockLine[] }
  | { readonly type: "cancelled" }
  /** Lines were cancelled, or came back: a return, by its id, counts once. */
  | { readonly type: "givenBack"; readonly lines: readonly StockLine[]; readonly returnId?: string }
  | { readonly type: "timeUp" }

/** What a decision tells the world. */
export type StockNews =
  | { readonly type: "reserved"; readonly expiresAt: Date }
  | { readonly type: "rejected"; readonly shortages: readonly Shortage[] }
  | { readonly type: "committed"; readonly lines: readonly StockLine[] }
  | { readonly type: "released"; readonly lines: readonly StockLine[]; readonly reason: ReleaseReason }

export type ReleaseReason =
  | "reservation.expired"
  | "order.cancelled"
  | "order.lines-cancelled"
  | "order.returned"

export type Decision = {
  readonly reservation: Reservation
  readonly changes: readonly StockChange[]
  readonly news: readonly StockNews[]
  /** The order has taken its hold over. */
  readonly taken?: HeldStock
}

/** An order that nobody had announced is paid, and its units are not there: a person must see what became of it. */
export const stockGone = defineRefusal(
  "stock.gone",
  "conflict",
  "The order is paid, but not all of its units are there.",
  z.object({ orderId: OrderId }),
)

/** How long stock stays set aside for an order that is not paid. */
export const RESERVATION_MINUTES = 30

/** The reservation of an order of which nothing was heard yet. */
export const awaitedReservation = (orderId: string, now: Date): Reservation => ({
  orderId,
  status: "awaited",
  wanted: [],
  givenBack: [],
  returns: [],
  allocations: [],
  expiresAt: now,
})

type EventType = ReservationEvent["type"]
type EventOf<Type extends EventType> = Extract<ReservationEvent, { type: Type }>
type Context = {
  readonly levels: readonly StockLevel[]
  /** The one that the order names. */
  readonly hold?: HeldStock
  readonly now: Date
}
type Outcome<Type extends EventType> =
  | Decision
  | (Type extends "created" | "paid" ? Overdue : never)
  | (Type extends "paid" ? RefusalOf<[typeof stockGone]> : never)
type Transition<Type extends EventType> = (
  reservation: Reservation,
  event: EventOf<Type>,
  context: Context,
) => Outcome<Type>
type Transitions = {
  readonly [Status in ReservationStatus]: { readonly [Type in EventType]: Transition<Type> }
}

/**
 * Who may go where: the one place that knows. A cell is what happens to a reservation in the row's state when the
 * column's event comes; `ignore` also answers what is said twice or too late.
 */
const transitions: Transitions = {
  awaited: { created: reserve, paid: sell, cancelled: close, givenBack: remember, timeUp: ignore },
  held: { created: ignore, paid: commit, cancelled: giveBackAll, givenBack: giveBack, timeUp: expire },
  rejected: { created: ignore, paid: sell, cancelled: close, givenBack: remember, timeUp: ignore },
  expired: { created: ignore, paid: sell, cancelled: close, givenBack: remember, timeUp: ignore },
  committed: { created: ignore, paid: ignore, cancelled: giveBackAll, givenBack: giveBack, timeUp: ignore },
  released: { created: ignore, paid: ignore, cancelled: ignore, givenBack: ignore, timeUp: ignore },
}

/**
 * Decides what an event does to an order's reservation: its next state, the changes of the stock and what is said of
 * it; refused when an order is paid that nobody had announced, and its units are gone.
 * @param context.levels of the variants that {@link linesToTake} names
 */
export function decideReservation<Type extends EventType>(
  reservation: Reservation,
  event: EventOf<Type>,
  context: Context,
): Outcome<Type> {
  const transition: Transition<Type> = transitions[reservation.status][event.type as Type]
  return transition(reservation, event, context)
}

/** The lines of which the event may take units anew: its decision needs their variants' levels. */
export function linesToTake({ status, wanted }: Reservation, event: ReservationEvent): readonly StockLine[] {
  if (event.type !== "created" && event.type !== "paid") return []
  const transition = transitions[status][event.type]
  if (transition !== reserve && transition !== sell) return []
  return wanted.length > 0 ? wanted : mergeLines(event.lines)
}

function ignore(reservation: Reservation): Decision {
  return { reservation, changes: [], news: [] }
}

/** Sets everything aside or nothing; a hold of the order's customer is taken over. */
function reserve(
  before: Reservation,
  { lines, customerId }: EventOf<"created">,
  { levels, hold, now }: Context,
): Outcome<"created"> {
  const wanted = mergeLines(lines)
  const left = linesLeft(wanted, before.givenBack)
  const own = hold && canBeTakenBy(hold, customerId, now) ? hold : undefined
  const found = reallocate(own?.allocations ?? [], levels, left)
  if (found.type === "overdue") return found
  if (found.type === "short") return rejected(before, wanted, found.shortages)
  const expiresAt = new Date(now.getTime() + RESERVATION_MINUTES * 60_000)
  return {
    reservation: { ...before, status: "held", wanted, allocations: found.allocations, expiresAt },
    changes: found.changes,
    news: [{ type: "reserved", expiresAt }],
    ...(own && { taken: { ...own, status: "taken", allocations: [] } }),
  }
}

/**
 * Sells units that are not set aside: the order was paid after its time, or without having been heard of before. Where
 * others have taken them since its time ended, it is rejected: Ordering gives the money back.
 */
function sell(before: Reservation, { lines }: EventOf<"paid">, { levels }: Context): Outcome<"paid"> {
  const wanted = before.wanted.length > 0 ? before.wanted : mergeLines(lines)
  const left = linesLeft(wanted, before.givenBack)
  const found = allocate(levels, left)
  if (found.type === "overdue") return found
  if (found.type === "short")
    return before.status === "awaited"
      ? stockGone({ orderId: before.orderId })
      : rejected(before, wanted, found.shortages)
  const { allocations } = found
  return {
    reservation: { ...before, status: "committed", wanted, allocations },
    changes: sellChanges(allocations, levels),
    news: sold(left),
  }
}

/** Sells what is set aside; also past its end, as long as nobody else has asked for the units. */
function commit(before: Reservation): Decision {
  return {
    reservation: { ...before, status: "committed" },
    changes: commitChanges(before.allocations),
    news: sold(linesOf(before.allocations)),
  }
}

/** There is too little: the order gets nothing. */
function rejected(
  before: Reservation,
  wanted: readonly StockLine[],
  shortages: readonly Shortage[],
): Decision {
  return {
    reservation: { ...before, status: "rejected", wanted },
    changes: [],
    news: [{ type: "rejected", shortages }],
  }
}

/** The order is cancelled and has nothing: whatever comes later finds it closed. */
function close(before: Reservation): Decision {
  return { reservation: { ...before, status: "released" }, changes: [], news: [] }
}

/** The order is cancelled: all that it still has comes back. */
function giveBackAll(before: Reservation): Decision {
  return {
    reservation: { ...before, status: "released", allocations: [] },
    changes: givingBack(before, before.allocations),
    news: freed(linesOf(before.allocations), "order.cancelled"),
  }
}

/** Lines come back, never more of them than the order still has. */
function giveBack(before: Reservation, event: EventOf<"givenBack">): Decision {
  const reservation = withGivenBack(before, event)
  const left = linesLeft(reservation.wanted, reservation.givenBack)
  const lines = linesLeft(linesOf(before.allocations), left)
  const { taken, kept } = takeOut(before.allocations, lines)
  const reason = event.returnId === undefined ? "order.lines-cancelled" : "order.returned"
  return {
    reservation: { ...reservation, allocations: kept },
    changes: givingBack(before, taken),
    news: freed(lines, reason),
  }
}

/** Lines come back before the order has them: it will want so much less. */
function remember(before: Reservation, event: EventOf<"givenBack">): Decision {
  return { reservation: withGivenBack(before, event), changes: [], news: [] }
}

/** Gives everything back once the time is over. */
function expire(before: Reservation, _: EventOf<"timeUp">, { now }: Context): Decision {
  if (before.expiresAt > now) return ignore(before)
  return {
    reservation: { ...before, status: "expired", allocations: [] },
    changes: releaseChanges(before.allocations),
    news: freed(linesOf(before.allocations), "reservation.expired"),
  }
}

/** A return that was counted before adds nothing. */
function withGivenBack(before: Reservation, { lines, returnId }: EventOf<"givenBack">): Reservation {
  if (returnId !== undefined && before.returns.includes(returnId)) return before
  return {
    ...before,
    givenBack: mergeLines([...before.givenBack, ...lines]),
    returns: returnId === undefined ? before.returns : [...before.returns, returnId],
  }
}

const givingBack = ({ status }: Reservation, units: readonly Allocation[]): StockChange[] =>
  status === "committed" ? restockChanges(units) : releaseChanges(units)

/** Of no lines there is nothing to say. */
const sold = (lines: readonly StockLine[]): StockNews[] =>
  lines.length > 0 ? [{ type: "committed", lines }] : []
const freed = (lines: readonly StockLine[], reason: ReleaseReason): StockNews[] =>
  lines.length > 0 ? [{ type: "released", lines, reason }] : []
