import {
  type Actor,
  type Play,
  type Played,
  playSaga,
} from "@eshop/building-blocks/durable/testing/play-saga"
import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type { Order } from "@eshop/domain/ordering/order"
import { orderId } from "@eshop/domain/ordering/testing/given"
import { CANCEL, checkout, STOCK_EXPIRED, STOCK_REJECTED, STOCK_RESERVED } from "../checkout-saga.ts"
import { checkoutFactsOf } from "../order-steps.ts"
import { type Fault, type Scenario, smooth, startedAt, worldOf } from "./world.ts"

export const shortages = [{ sku: "IPHONE-X-RED", requested: 2, available: 1 }]

export type Actors = Readonly<Record<string, Actor>>

/** How a checkout goes; smoothly where it says nothing. */
export type Course = Partial<Scenario> & {
  /** unheard: set aside and confirmed on the order, but the saga is not told. */
  readonly stock?: "reserved" | "unheard" | "rejected" | "silent"
  readonly faults?: readonly Fault[]
  /** Puts others in the place of some of the steps' own. */
  readonly actors?: (own: Actors) => Actors
  readonly events?: NonNullable<Play["events"]>
}

/** Something that reaches the saga from outside. */
export const at = (afterSeconds: number, event: string, data: unknown = {}) => ({ afterSeconds, event, data })
export const cancelAt = (afterSeconds: number) => at(afterSeconds, CANCEL)
export const expiredAt = (afterSeconds: number) => at(afterSeconds, STOCK_EXPIRED)

/** An activity during which something else happens. */
export const during =
  (activity: string, event: string) =>
  (own: Actors): Actors => ({
    [activity]: (input, stage) => {
      stage.raise(event, {})
      return own[activity]?.(input, stage)
    },
  })
/** An activity whose dependency is out for so many seconds. */
export const outUntil =
  (activity: string, seconds: number) =>
  (own: Actors): Actors => ({
    [activity]: (input, stage) => {
      if (stage.now.getTime() < startedAt.getTime() + seconds * 1_000)
        throw new DependencyUnavailableError("a dependency")
      return own[activity]?.(input, stage)
    },
  })

/** Plays a checkout in a world of its own. */
export async function playCheckout({ stock = "reserved", ...course }: Course = {}) {
  const { faults = [], actors, events = [], ...scenario } = course
  const isReserved = stock === "reserved" || stock === "unheard"
  const told = { ...smooth, ...scenario, ...(!isReserved && { stockAfterSeconds: Number.POSITIVE_INFINITY }) }
  const world = worldOf(told)
  const own = world.actors(checkout, faults)
  const { order } = world.stored
  const facts = order && {
    ...checkoutFactsOf(order, told),
    ...{ status: "AwaitingPayment", reservedUntil: told.stockExpiresAt },
  }
  const answer = {
    reserved: [at(told.stockAfterSeconds, STOCK_RESERVED, facts)],
    unheard: [],
    rejected: [at(1, STOCK_REJECTED, { shortages })],
    silent: [],
  }[stock]
  const played = await playSaga(
    checkout,
    { orderId },
    {
      actors: { ...own, ...actors?.(own) },
      events: [...answer, ...events],
      id: orderId,
      startedAt,
      version: "1.0.0",
    },
  )
  return { ...played, world }
}

export const names = ({ calls }: Pick<Played, "calls">) => calls.map(({ activity }) => activity)

/** Why the order was cancelled; undefined when it was not. */
export const reasonIn = (order: Order | undefined) =>
  order?.status === "Cancelled" ? order.reason : undefined

/** The steps of a smooth checkout with a coupon. */
export const FORWARD = ["reserve-coupon", "authorise-payment", "confirm-coupon", "capture-payment"]
/** The same where the order's store is out while the money is taken. */
export const MARKED_LATER = [...FORWARD, "mark-paid"]
