import fc from "fast-check"
import { expect, test } from "vitest"
import { mergeLines, type StockLine } from "../contracts/stock-lines.ts"
import { isRefusal } from "../kernel/refusal.ts"
import {
  awaitedReservation,
  decideReservation,
  type Reservation,
  type ReservationEvent,
} from "./reservation.ts"
import {
  type Allocation,
  applyChanges,
  linesLeft,
  linesOf,
  mergeChanges,
  type StockChange,
  type StockLevel,
} from "./stock.ts"
import {
  canBeTakenBy,
  expireHold,
  type HeldStock,
  type HoldDecision,
  holdStatusAt,
  MAX_HELD_UNITS,
  putHold,
  releaseHold,
} from "./stock-hold.ts"

const SKUS = ["A", "B"]
const LOCATIONS = ["first", "second"]

const unitsOf = (lines: readonly { readonly quantity: number }[]): number =>
  lines.reduce((sum, { quantity }) => sum + quantity, 0)

/** The deciders, with a stock in memory as their store. */
class Shop {
  levels: readonly StockLevel[]
  now = new Date("2026-01-01T10:00:00Z")
  readonly orders = new Map<string, Reservation>()
  readonly holds = new Map<string, HeldStock>()
  /** What was said to be sold and to have come back. */
  readonly said = { committed: 0, restocked: 0 }

  constructor(onHand: number) {
    this.levels = LOCATIONS.flatMap((location) =>
      SKUS.map((sku) => ({
        ...{ sku, location, onHand, reserved: 0, overdue: 0, safetyStock: 0, backorder: false },
      })),
    )
  }

  /** As a store reads them: with what is held past its end. */
  seen(): StockLevel[] {
    const overdue = this.held().filter(({ expiresAt }) => expiresAt <= this.now)
    return this.levels.map((level) => ({ ...level, overdue: unitsAt(level, overdue) }))
  }

  held(): (Reservation | HeldStock)[] {
    return [...this.orders.values(), ...this.holds.values()].filter(({ status }) => status === "held")
  }

  /** Units of a variant that nobody has a claim to. */
  free(sku: string): number {
    const levels = this.seen().filter((level) => level.sku === sku)
    return levels.reduce((sum, { onHand, reserved, overdue }) => sum + onHand - reserved + overdue, 0)
  }

  /** @returns the order's status, or why it was refused */
  tell(orderId: string, event: ReservationEvent, holdId = ""): string {
    const before = this.orders.get(orderId) ?? awaitedReservation(orderId, this.now)
    const hold = this.holds.get(holdId)
    const context = { levels: this.seen(), now: this.now, ...(hold && { hold }) }
    const decision = decideReservation(before, event, context)
    if (isRefusal(decision)) return decision.code
    if (!("reservation" in decision)) {
      this.endOverdue()
      return this.tell(orderId, event, holdId)
    }
    const { reservation, changes, news, taken } = decision
    this.orders.set(orderId, reservation)
    if (taken) this.holds.set(taken.holdId, taken)
    this.change(changes)
    for (const one of news) {
      if (one.type === "committed") this.said.committed += unitsOf(one.lines)
      if (one.type === "released" && before.status === "committed") this.said.restocked += unitsOf(one.lines)
    }
    return reservation.status
  }

  put(holdId: string, customerId: string, lines: readonly StockLine[]): string {
    const others = [...this.holds.values()].filter(
      (hold) => hold.holdId !== holdId && canBeTakenBy(hold, customerId, this.now),
    )
    const heldElsewhere = others.reduce((sum, { allocations }) => sum + unitsOf(allocations), 0)
    const context = { levels: this.seen(), heldElsewhere, variants: [], now: this.now }
    const decision = putHold(this.holds.get(holdId), { holdId, customerId, lines }, context)
    if (isRefusal(decision)) return decision.code
    if ("hold" in decision) return this.keep(decision)
    this.endOverdue()
    return this.put(holdId, customerId, lines)
  }

  keep({ hold, changes }: HoldDecision): string {
    this.holds.set(hold.holdId, hold)
    this.change(changes)
    return hold.status
  }

  endOverdue(): void {
    for (const orderId of this.orders.keys()) this.tell(orderId, { type: "timeUp" })
    for (const hold of this.holds.values()) this.keep(expireHold(hold, this.now))
  }

  private change(changes: readonly StockChange[]): void {
    this.levels = applyChanges(this.levels, mergeChanges(changes))
  }
}

const unitsAt = (
  { sku, location }: StockLevel,
  all: readonly { readonly allocations: readonly Allocation[] }[],
) =>
  unitsOf(
    all
      .flatMap(({ allocations }) => allocations)
      .filter((one) => one.sku === sku && one.location === location),
  )

type Model = { readonly onHand: number }

/** What is true of the stock, however it came to be. */
function expectConserved(shop: Shop, { onHand }: Model): void {
  const orders = [...shop.orders.values()]
  const sold = orders.filter(({ status }) => status === "committed")
  for (const level of shop.levels) {
    expect(level.reserved).toBe(unitsAt(level, shop.held()))
    expect(level.onHand + unitsAt(level, sold)).toBe(onHand)
    expect(level.reserved).toBeLessThanOrEqual(level.onHand)
  }
  expect(shop.said.committed - shop.said.restocked).toBe(unitsOf(sold.flatMap((one) => one.allocations)))
  for (const { status, wanted, givenBack, allocations } of orders) {
    const hasUnits = status === "held" || status === "committed"
    expect(linesOf(allocations)).toEqual(hasUnits ? linesLeft(wanted, givenBack) : [])
  }
}

const step = (name: string, act: (shop: Shop) => void): fc.Command<Model, Shop> => ({
  check: () => true,
  run(model, shop) {
    act(shop)
    expectConserved(shop, model)
  },
  toString: () => name,
})

const order = fc.constantFrom("o1", "o2", "o3")
const hold = fc.constantFrom("h1", "h2")
const customer = fc.constantFrom("ann", "bob")
const lines = fc
  .array(fc.record({ sku: fc.constantFrom(...SKUS), quantity: fc.integer({ min: 1, max: 6 }) }), {
    minLength: 1,
    maxLength: 3,
  })
  .map(mergeLines)

/** Whether there are units for all lines, where `own` are as good as free. */
const suffices = (shop: Shop, wanted: readonly StockLine[], own: readonly Allocation[] = []) =>
  wanted.every(
    ({ sku, quantity }) => shop.free(sku) + unitsOf(own.filter((one) => one.sku === sku)) >= quantity,
  )

const commands = [
  fc.tuple(order, customer, lines, fc.option(hold)).map(([id, customerId, wanted, holdId]) =>
    step(`create ${id} ${customerId} ${JSON.stringify(wanted)} ${holdId}`, (shop) => {
      const before = shop.orders.get(id)
      const named = shop.holds.get(holdId ?? "")
      const own = named && canBeTakenBy(named, customerId, shop.now) ? named.allocations : []
      const left = linesLeft(wanted, before?.givenBack ?? [])
      const expected = suffices(shop, left, own) ? "held" : "rejected"
      const status = shop.tell(id, { type: "created", customerId, lines: wanted }, holdId ?? undefined)
      expect(status).toBe(before && before.status !== "awaited" ? before.status : expected)
    }),
  ),
  fc.tuple(order, lines).map(([id, wanted]) =>
    step(`pay ${id}`, (shop) => {
      const before = shop.orders.get(id)
      const all = before && before.wanted.length > 0 ? before.wanted : wanted
      const hasThem = before?.status === "held" || before?.status === "committed"
      const gets = hasThem || suffices(shop, linesLeft(all, before?.givenBack ?? []))
      const isAnnounced = before && before.status !== "awaited"
      const short = isAnnounced ? "rejected" : "stock.gone"
      const expected = before?.status === "released" ? "released" : gets ? "committed" : short
      expect(shop.tell(id, { type: "paid", lines: wanted })).toBe(expected)
    }),
  ),
  order.map((id) =>
    step(`cancel ${id}`, (shop) => {
      expect(shop.tell(id, { type: "cancelled" })).toBe("released")
      expect(shop.orders.get(id)?.allocations).toEqual([])
    }),
  ),
  fc.tuple(order, lines, fc.option(fc.constantFrom("r1", "r2"))).map(([id, back, returnId]) =>
    step(`give back ${id} ${JSON.stringify(back)} ${returnId}`, (shop) => {
      const before = shop.orders.get(id)?.status ?? "awaited"
      const event: ReservationEvent = { type: "givenBack", lines: back, ...(returnId && { returnId }) }
      expect(shop.tell(id, event)).toBe(before)
    }),
  ),
  fc.tuple(hold, customer, lines).map(([id, customerId, wanted]) =>
    step(`hold ${id} ${customerId} ${JSON.stringify(wanted)}`, (shop) => {
      const before = shop.holds.get(id)
      const isThere = before && (before.status !== "held" || before.expiresAt <= shop.now)
      const expected = suffices(shop, wanted, before?.allocations) ? "held" : "stock.insufficient"
      expect(shop.put(id, customerId, wanted)).toBe(isThere ? "hold.ended" : expected)
    }),
  ),
  hold.map((id) =>
    step(`release ${id}`, (shop) => {
      const before = shop.holds.get(id)
      const released = releaseHold(before, shop.now)
      if (!before || isRefusal(released)) return expect(released).toMatchObject({ code: "hold.unknown" })
      const isActive = holdStatusAt(before, shop.now) === "held"
      expect(shop.keep(released)).toBe(isActive ? "released" : before.status)
    }),
  ),
  fc.integer({ min: 1, max: 40 }).map((minutes) =>
    step(`${minutes} minutes pass`, (shop) => {
      shop.now = new Date(shop.now.getTime() + minutes * 60_000)
    }),
  ),
  fc.constant(step("the timer runs", (shop) => shop.endOverdue())),
]

test("whatever happens to orders and holds, in whatever order and however often: no unit is lost, made or sold twice", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 8 }),
      fc.commands(commands, { maxCommands: 30, size: "+1" }),
      (onHand, steps) => {
        fc.modelRun(() => ({ model: { onHand }, real: new Shop(onHand) }), steps)
      },
    ),
    { numRuns: 100 },
  )
})

test("a customer never holds more than the limit, over all holds", () => {
  const shop = new Shop(MAX_HELD_UNITS)
  const held = (quantity: number) => [{ sku: "A", quantity }]
  expect(shop.put("h1", "ann", held(MAX_HELD_UNITS - 1))).toBe("held")
  expect(shop.put("h2", "ann", held(2))).toBe("hold.limit")
  expect(shop.put("h2", "ann", held(1))).toBe("held")
  expect(shop.put("h3", "bob", held(MAX_HELD_UNITS))).toBe("held")
})
