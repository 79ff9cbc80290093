import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { StockLine } from "../contracts/stock-lines.ts"
import { isRefusal } from "../kernel/refusal.ts"
import {
  awaitedReservation,
  type Decision,
  decideReservation,
  linesToTake,
  type Reservation,
  type ReservationEvent,
  type ReservationStatus,
  type StockNews,
} from "./reservation.ts"
import { applyChanges, type StockLevel } from "./stock.ts"
import type { HeldStock } from "./stock-hold.ts"

const now = new Date("2026-01-01T10:00:00Z")
const later = new Date("2026-01-01T10:30:00Z")
const two: readonly StockLine[] = [{ sku: "A", quantity: 2 }]
const one: readonly StockLine[] = [{ sku: "A", quantity: 1 }]
const created: ReservationEvent = { type: "created", customerId: "ann", lines: two }
const paid: ReservationEvent = { type: "paid", lines: two }
const cancelled: ReservationEvent = { type: "cancelled" }
const timeUp: ReservationEvent = { type: "timeUp" }
const linesCancelled: ReservationEvent = { type: "givenBack", lines: one }
const returned: ReservationEvent = { type: "givenBack", lines: one, returnId: "r1" }

/** An order and the stock of its variant. */
type World = {
  readonly reservation: Reservation
  readonly levels: readonly StockLevel[]
  readonly news: readonly StockNews[]
}
const worldWith = (onHand: number): World => ({
  reservation: awaitedReservation("o1", now),
  levels: [
    { ...{ sku: "A", location: "main", onHand, reserved: 0, overdue: 0, safetyStock: 0, backorder: false } },
  ],
  news: [],
})

/** @throws when the event is refused */
function happen(world: World, event: ReservationEvent, at = now): World {
  const decision = decideReservation(world.reservation, event, { levels: world.levels, now: at })
  if (isRefusal(decision)) throw new Error(decision.code)
  if (!("reservation" in decision)) throw new Error("overdue")
  return {
    reservation: decision.reservation,
    levels: applyChanges(world.levels, decision.changes),
    news: [...world.news, ...decision.news],
  }
}
const after = (events: readonly ReservationEvent[], onHand = 10): World =>
  events.reduce(
    (world, event) => happen(world, event, event.type === "timeUp" ? later : now),
    worldWith(onHand),
  )
const levelOf = ({ levels }: World) => [levels[0]?.onHand, levels[0]?.reserved]
/** The news in short: `released A×2 order.cancelled`. */
const told = ({ news }: World) =>
  news.map((one) => {
    if (one.type === "reserved") return `reserved until ${one.expiresAt.toISOString().slice(11, 16)}`
    if (one.type === "rejected")
      return `rejected ${one.shortages.map(({ available, requested }) => `${available} of ${requested}`)}`
    const lines = one.lines.map(({ sku, quantity }) => `${sku}×${quantity}`)
    return `${one.type} ${lines}${one.type === "released" ? ` ${one.reason}` : ""}`
  })

const reserved = "reserved until 10:30"
const expired = "released A×2 reservation.expired"
const free = "released A×2 order.cancelled"
const oneFree = "released A×1 order.lines-cancelled"
const oneBack = "released A×1 order.returned"

test.each<[ReservationEvent[], ReservationStatus, [onHand: number, reserved: number], string[]]>([
  [[created], "held", [10, 2], [reserved]],
  [[created, created], "held", [10, 2], [reserved]],
  [[created, paid, paid], "committed", [8, 0], [reserved, "committed A×2"]],
  [[created, paid, created], "committed", [8, 0], [reserved, "committed A×2"]],
  [[created, paid, timeUp], "committed", [8, 0], [reserved, "committed A×2"]],
  [[created, timeUp, timeUp], "expired", [10, 0], [reserved, expired]],
  [[created, timeUp, paid, paid], "committed", [8, 0], [reserved, expired, "committed A×2"]],
  [[created, cancelled, cancelled], "released", [10, 0], [reserved, free]],
  [[created, cancelled, timeUp], "released", [10, 0], [reserved, free]],
  [[created, timeUp, cancelled], "released", [10, 0], [reserved, expired]],
  // Paid and then cancelled, told in this order or the other: nothing is sold in the end.
  [[created, paid, cancelled, cancelled], "released", [10, 0], [reserved, "committed A×2", free]],
  [[created, cancelled, paid], "released", [10, 0], [reserved, free]],
  [[created, timeUp, cancelled, paid], "released", [10, 0], [reserved, expired]],
  [[cancelled, created, paid], "released", [10, 0], []],
  // A payment that nothing announced sells by its own lines.
  [[paid, created], "committed", [8, 0], ["committed A×2"]],
  // By quantity, and never more than the order has left.
  [[created, linesCancelled], "held", [10, 1], [reserved, oneFree]],
  [[created, linesCancelled, paid], "committed", [9, 0], [reserved, oneFree, "committed A×1"]],
  [[created, paid, linesCancelled], "committed", [9, 0], [reserved, "committed A×2", oneFree]],
  [[created, paid, returned, returned], "committed", [9, 0], [reserved, "committed A×2", oneBack]],
  [
    [created, paid, returned, linesCancelled, linesCancelled],
    "committed",
    [10, 0],
    [reserved, "committed A×2", oneBack, oneFree],
  ],
  [
    [created, paid, returned, cancelled],
    "released",
    [10, 0],
    [reserved, "committed A×2", oneBack, "released A×1 order.cancelled"],
  ],
  [[created, paid, cancelled, returned], "released", [10, 0], [reserved, "committed A×2", free]],
  // What overtakes the lines that it gives back is remembered.
  [[linesCancelled, created, paid], "committed", [9, 0], [reserved, "committed A×1"]],
  [[returned, returned, paid, created], "committed", [9, 0], ["committed A×1"]],
  [[returned, linesCancelled, created, paid], "committed", [10, 0], [reserved]],
  [[created, timeUp, linesCancelled, paid], "committed", [9, 0], [reserved, expired, "committed A×1"]],
])("%j", (events, status, level, news) => {
  const world = after(events)
  expect([world.reservation.status, levelOf(world), told(world)]).toEqual([status, level, news])
})

describe("too little stock", () => {
  test("rejects an order as a whole; its cancellation closes it, its payment takes what came in meanwhile", () => {
    const world = after([created], 1)
    expect([world.reservation.status, levelOf(world), told(world)]).toEqual([
      "rejected",
      [1, 0],
      ["rejected 1 of 2"],
    ])
    expect(happen(world, cancelled).reservation.status).toBe("released")
    const restocked = { ...world, levels: worldWith(5).levels }
    expect(levelOf(happen(restocked, paid))).toEqual([3, 0])
  })

  test("is for a person when an order is paid that nobody had heard of", () => {
    const world = after([], 1)
    expect(() => happen(world, paid)).toThrow("stock.gone")
    // The money goes back, the order is cancelled, and the payment that was put aside comes again: all is well.
    const closed = happen(happen(world, cancelled), paid)
    expect([closed.reservation.status, levelOf(closed)]).toEqual(["released", [1, 0]])
  })

  test.each<[string, ReservationEvent[]]>([
    ["that was rejected", []],
    ["whose time had run out", [timeUp]],
  ])("rejects an order %s when it is paid: its money goes back, and it is closed", (_, events) => {
    const world = { ...after([created, ...events], events.length > 0 ? 2 : 1), levels: worldWith(1).levels }
    const rejected = happen(world, paid)
    expect([rejected.reservation.status, levelOf(rejected), told(rejected).at(-1)]).toEqual([
      "rejected",
      [1, 0],
      "rejected 1 of 2",
    ])
    expect(happen(rejected, cancelled).reservation.status).toBe("released")
  })
})

test("a payment past the end sells what nobody else has asked for yet", () => {
  const world = happen(after([created]), paid, new Date("2026-01-01T11:00:00Z"))
  expect([world.reservation.status, levelOf(world)]).toEqual(["committed", [8, 0]])
})

test("the end is exact to the millisecond", () => {
  const world = after([created])
  expect(happen(world, timeUp, new Date("2026-01-01T10:29:59.999Z")).reservation.status).toBe("held")
  expect(happen(world, timeUp, later).reservation.status).toBe("expired")
})

describe("an order's hold", () => {
  const hold: HeldStock = {
    ...{ holdId: "h1", customerId: "ann", status: "held", lines: two, madeAt: now, expiresAt: later },
    allocations: [{ sku: "A", location: "main", quantity: 2 }],
  }
  const level = { ...(worldWith(2).levels[0] as StockLevel), reserved: 2 }
  const decide = (event: ReservationEvent, given: HeldStock, levels = [level], at = now) =>
    decideReservation(awaitedReservation("o1", now), event, { levels, hold: given, now: at }) as Decision

  test("becomes its reservation: no unit moves", () => {
    expect(decide(created, hold)).toEqual({
      reservation: {
        ...awaitedReservation("o1", now),
        status: "held",
        wanted: two,
        allocations: hold.allocations,
        expiresAt: later,
      },
      changes: [],
      news: [{ type: "reserved", expiresAt: later }],
      taken: { ...hold, status: "taken", allocations: [] },
    })
  })

  test("of other lines counts for it as far as it goes", () => {
    const three: ReservationEvent = { ...created, lines: [{ sku: "A", quantity: 3 }] }
    expect(decide(three, hold, [{ ...level, onHand: 3 }])).toMatchObject({
      reservation: { status: "held", allocations: [{ quantity: 3 }] },
      changes: [{ reserved: 1 }],
      taken: { status: "taken" },
    })
    expect(decide({ ...created, lines: one }, hold)).toMatchObject({
      changes: [{ reserved: -1 }],
      taken: { status: "taken" },
    })
  })

  test("stays the customer's when the order wants more than there is", () => {
    const three: ReservationEvent = { ...created, lines: [{ sku: "A", quantity: 3 }] }
    const rejected = decide(three, hold)
    expect(rejected).toMatchObject({
      reservation: { status: "rejected" },
      changes: [],
      news: [{ type: "rejected", shortages: [{ sku: "A", requested: 3, available: 2 }] }],
    })
    expect(rejected).not.toHaveProperty("taken")
  })

  test.each<[string, HeldStock, Date]>([
    ["of another customer", { ...hold, customerId: "bob" }, now],
    ["that has ended by this instant", hold, later],
    ["that was released", { ...hold, status: "released", allocations: [] }, now],
    ["that another order took", { ...hold, status: "taken", allocations: [] }, now],
  ])("%s is no help: the order competes for what is free", (_, given, at) => {
    const rejected = decide(created, given, [level], at)
    expect(rejected).toMatchObject({ reservation: { status: "rejected" }, changes: [] })
    const free = decide(created, given, [{ ...level, onHand: 4 }], at)
    expect(free).toMatchObject({ reservation: { status: "held" }, changes: [{ reserved: 2 }] })
    for (const decision of [rejected, free]) expect(decision).not.toHaveProperty("taken")
  })
})

test("levels are needed where units are taken anew, and nowhere else", () => {
  const world = after([created])
  expect(linesToTake(worldWith(1).reservation, created)).toEqual(two)
  expect(linesToTake(worldWith(1).reservation, paid)).toEqual(two)
  expect(linesToTake(happen(world, timeUp, later).reservation, paid)).toEqual(two)
  for (const event of [created, paid, cancelled, linesCancelled, timeUp])
    expect(linesToTake(world.reservation, event)).toEqual([])
})

test("while there is stock the end is the same in whatever order it is told, and however often", () => {
  const lines: readonly StockLine[] = [
    { sku: "A", quantity: 5 },
    { sku: "B", quantity: 2 },
  ]
  const back = fc.record({ sku: fc.constantFrom("A", "B"), quantity: fc.integer({ min: 1, max: 4 }) })
  const story = fc
    .record({
      returns: fc.array(back, { maxLength: 3 }),
      linesCancelled: fc.array(back, { maxLength: 2 }),
      isCancelled: fc.boolean(),
    })
    .map(({ returns, linesCancelled, isCancelled }): ReservationEvent[] => [
      { type: "created", customerId: "ann", lines },
      { type: "paid", lines },
      ...linesCancelled.map((line): ReservationEvent => ({ type: "givenBack", lines: [line] })),
      ...returns.map(
        (line, index): ReservationEvent => ({ type: "givenBack", lines: [line], returnId: `r${index}` }),
      ),
      ...(isCancelled ? [cancelled] : []),
    ])
  // The inbox knows what was told twice; what can be recognised by itself is told twice here as well.
  const isRecognised = (event: ReservationEvent) => event.type !== "givenBack" || event.returnId !== undefined
  const shuffled = story.chain((events) =>
    fc.tuple(
      fc.constant(events),
      fc.shuffledSubarray([...events, ...events.filter(isRecognised)], {
        minLength: events.length + events.filter(isRecognised).length,
      }),
    ),
  )
  const begin: World = {
    ...worldWith(10),
    levels: ["A", "B"].map((sku) => ({ ...(worldWith(10).levels[0] as StockLevel), sku })),
  }
  fc.assert(
    fc.property(shuffled, ([events, told]) => {
      const [right, seen] = [events, told].map((all) =>
        all.reduce((world, event) => happen(world, event), begin),
      )
      expect(seen?.levels).toEqual(right?.levels)
      expect(seen?.reservation.status).toBe(right?.reservation.status)
    }),
    { numRuns: 500 },
  )
})
