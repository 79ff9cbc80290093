import { drawn } from "./chance.ts"
import type { Chance, Fault, Messages, PlannedFault, Point, Script, Switch } from "./fault.ts"

/** A switch that is on. */
export type Armed = Switch & { readonly id: number }

/** A fault that struck. */
export type Strike = PlannedFault & {
  readonly orderId: string
  /** ISO 8601. */
  readonly at: string
  /** Why it could not be done. */
  failed?: string
}

type SeenOrder = {
  readonly number: number
  readonly messages: Messages
  /** How often it has come by at each place. */
  readonly runs: Map<string, number>
}

const REMEMBERED_ORDERS = 1_000
const REMEMBERED_STRIKES = 1_000
const quiet: Chance = { seed: 0, percent: 0 }

/**
 * Knows which faults wait where, counts the orders that come by from 1, and says what strikes. It does nothing itself and
 * reads no clock.
 */
export function switchboard() {
  let armed: Armed[] = []
  let nextId = 1
  let chance = quiet
  let messages: Messages = "as-sent"
  let planned: PlannedFault[] = []
  let strikes: Strike[] = []
  let orders = new Map<string, SeenOrder>()
  /** Those that came by before the beginning and may still be under way: they count no more, and nothing strikes them. */
  let earlier = new Set<string>()
  let counted = 0

  function seen(orderId: string): SeenOrder {
    const known = orders.get(orderId)
    if (known) return known
    const order = { number: ++counted, messages, runs: new Map<string, number>() }
    orders.set(orderId, order)
    const [oldest] = orders.keys()
    if (orders.size > REMEMBERED_ORDERS && oldest !== undefined) orders.delete(oldest)
    return order
  }

  function due(order: number, point: Point, run: number): Fault[] {
    const isHere = (other: Point) => other.place === point.place && other.activity === point.activity
    const isFirst = run === 1
    const byPlan = planned.filter((fault) => isHere(fault) && fault.order === order && fault.run === run)
    planned = planned.filter((fault) => !byPlan.includes(fault))
    const bySwitch = armed.filter(({ repeat, ...on }) => isHere(on.point) && (repeat === "once" || isFirst))
    armed = armed.filter((on) => on.repeat !== "once" || !bySwitch.includes(on))
    const draw = drawn(chance, order)
    const byChance = draw && isFirst && isHere(draw.point) ? [draw.fault] : []
    return [...byPlan.map(({ fault }) => fault), ...bySwitch.map(({ fault }) => fault), ...byChance]
  }

  return {
    /** An order has come by at a place. @returns what strikes there, as it is told from then on */
    reach(orderId: string, point: Point, now: Date): Strike[] {
      if (earlier.has(orderId)) return []
      const { number, runs } = seen(orderId)
      const place = `${point.place} ${point.activity}`
      const run = (runs.get(place) ?? 0) + 1
      runs.set(place, run)
      const at = now.toISOString()
      const struck = due(number, point, run).map(
        (fault): Strike => ({ order: number, ...point, run, fault, orderId, at }),
      )
      strikes = [...strikes, ...struck].slice(-REMEMBERED_STRIKES)
      return struck
    },

    arm(given: Switch): Armed {
      const on = { ...given, id: nextId++ }
      armed = [...armed, on]
      return on
    },
    /** @returns whether it was on */
    disarm(id: number): boolean {
      const before = armed.length
      armed = armed.filter((on) => on.id !== id)
      return armed.length < before
    },
    draw(next: Chance): void {
      chance = next
    },
    passOn(next: Messages): void {
      messages = next
    },

    /** Begins anew: everything off, the next order is the first. @param script faults that strike by plan */
    begin(script?: Script): void {
      armed = []
      chance = script ? { seed: script.seed, percent: 0 } : quiet
      messages = "as-sent"
      planned = [...(script?.faults ?? [])]
      strikes = []
      earlier = new Set([...earlier, ...orders.keys()].slice(-REMEMBERED_ORDERS))
      orders = new Map()
      counted = 0
    },

    /** How many orders have come by since the beginning. */
    counted: () => counted,
    /** What of a plan has not struck. */
    missed: (): readonly PlannedFault[] => planned,
    state: () => ({ armed, chance, messages, strikes }),

    /**
     * What is needed for it to happen again: the orders up to the last that was struck, from the oldest that is
     * remembered, which becomes the first.
     */
    record(): { orders: { id: string; messages: Messages }[]; faults: PlannedFault[]; seed: number } {
      const last = Math.max(0, ...strikes.map(({ order }) => order))
      const kept = [...orders].filter(([, { number }]) => number <= last)
      const before = (kept[0]?.[1].number ?? 1) - 1
      const faults = strikes
        .filter(({ order }) => order > before)
        .map(({ orderId: _, at: __, failed: ___, order, ...fault }) => ({ ...fault, order: order - before }))
      const placed = kept.map(([id, order]) => ({ id, messages: order.messages }))
      return { orders: placed, faults, seed: chance.seed }
    },
  }
}

export type Switchboard = ReturnType<typeof switchboard>
