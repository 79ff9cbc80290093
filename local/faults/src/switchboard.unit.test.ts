import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { drawn } from "./chance.ts"
import { Fault, type PlannedFault, Point, type Script } from "./fault.ts"
import { type Strike, switchboard } from "./switchboard.ts"

const now = new Date("2026-11-26T08:00:00.000Z")
const declined: Fault = { kind: "payment", what: "declined" }
const killed: Fault = { kind: "killed", part: "ordering" }
const payment: Point = { place: "before", activity: "authorise-payment" }
const paid: Point = { place: "after", activity: "capture-payment" }
const script = (faults: PlannedFault[]): Script => ({ version: 1, seed: 7, orders: [], faults })
/** What struck, without who and when. */
const plan = (strikes: readonly Strike[]) =>
  strikes.map(({ orderId: _, at: __, failed: ___, ...planned }) => planned)

describe("a switch", () => {
  test("strikes once, at its own place, whoever comes by", () => {
    const board = switchboard()
    board.arm({ fault: declined, point: payment, repeat: "once" })
    expect(board.reach("a", paid, now)).toEqual([])
    expect(board.reach("a", { ...payment, place: "after" }, now)).toEqual([])
    expect(board.reach("b", payment, now)).toEqual([
      { order: 2, ...payment, run: 1, fault: declined, orderId: "b", at: now.toISOString() },
    ])
    expect(board.reach("a", payment, now)).toEqual([])
    expect(board.state().armed).toEqual([])
  })

  test("strikes every order at its first time there, until it is off", () => {
    const board = switchboard()
    const { id } = board.arm({ fault: killed, point: paid, repeat: "every-order" })
    const reach = (order: string) => board.reach(order, paid, now).length
    expect([reach("a"), reach("a"), reach("b")]).toEqual([1, 0, 1])
    expect([board.disarm(id), board.disarm(id)]).toEqual([true, false])
    expect(reach("c")).toBe(0)
  })
})

describe("the beginning", () => {
  test("switches everything off, counts from 1, and leaves in peace whoever is still under way", () => {
    const board = switchboard()
    board.reach("a", payment, now)
    board.arm({ fault: killed, point: paid, repeat: "every-order" })
    board.draw({ seed: 1, percent: 100 })
    board.passOn("twice")
    board.begin()
    expect(board.state()).toEqual({
      armed: [],
      chance: { seed: 0, percent: 0 },
      messages: "as-sent",
      strikes: [],
    })
    board.arm({ fault: killed, point: paid, repeat: "every-order" })
    expect(board.reach("a", paid, now)).toEqual([])
    expect(board.counted()).toBe(0)
    expect(board.reach("b", paid, now)).toMatchObject([{ order: 1 }])
  })
})

const point = fc.record({
  place: fc.constantFrom(...Point.shape.place.options),
  activity: fc.constantFrom("check-payment", "authorise-payment", "capture-payment"),
})
const fault: fc.Arbitrary<Fault> = fc.constantFrom<Fault>(
  declined,
  killed,
  { kind: "webhook", what: "twice" },
  { kind: "frozen", part: "servicebus", seconds: 2 },
)
/** Orders as they come by, some of them again and again. */
const walk = fc.array(fc.record({ orderId: fc.constantFrom("a", "b", "c", "d"), point }), { maxLength: 60 })
const switches = fc.array(
  fc.record({ fault, point, repeat: fc.constantFrom("once" as const, "every-order" as const) }),
  { maxLength: 5 },
)

describe("a script", () => {
  test("lets the same strike again at the same places, when the same come by under other names", () => {
    fc.assert(
      fc.property(walk, switches, fc.integer({ min: 0, max: 100 }), (steps, on, percent) => {
        const first = switchboard()
        for (const given of on) first.arm(given)
        first.draw({ seed: 3, percent })
        for (const step of steps) first.reach(step.orderId, step.point, now)
        const recorded = first.record()
        const second = switchboard()
        second.begin(script(recorded.faults))
        for (const step of steps) second.reach(`again-${step.orderId}`, step.point, now)
        expect(plan(second.state().strikes)).toEqual(plan(first.state().strikes))
        expect(second.missed()).toEqual([])
      }),
    )
  })

  test("says what did not strike, and needs no order after the last that was struck", () => {
    const board = switchboard()
    const missed: PlannedFault = { order: 2, ...paid, run: 1, fault: killed }
    board.begin(script([{ order: 1, ...payment, run: 2, fault: declined }, missed]))
    expect(board.reach("a", payment, now)).toEqual([])
    expect(board.reach("a", payment, now)).toMatchObject([{ order: 1, run: 2 }])
    board.reach("b", payment, now)
    expect(board.missed()).toEqual([missed])
    expect(board.record()).toEqual({
      orders: [{ id: "a", messages: "as-sent" }],
      faults: [{ order: 1, ...payment, run: 2, fault: declined }],
      seed: 7,
    })
  })

  test("begins with the oldest order that is remembered", () => {
    const board = switchboard()
    for (let order = 1; order <= 1_002; order++) board.reach(`order-${order}`, payment, now)
    board.arm({ fault: declined, point: payment, repeat: "once" })
    board.passOn("late")
    expect(board.reach("last", payment, now)).toMatchObject([{ order: 1_003 }])
    const { orders, faults } = board.record()
    expect([orders.length, orders[0]?.id, orders.at(-1)]).toEqual([
      1_000,
      "order-4",
      { id: "last", messages: "late" },
    ])
    expect(faults).toMatchObject([{ order: 1_000 }])
  })
})

test("chance is the seed's alone, hits about as many as it should, and draws what can be switched on", () => {
  const draws = (seed: number, percent: number) =>
    Array.from({ length: 400 }, (_, index) => drawn({ seed, percent }, index + 1))
  expect(draws(1, 30)).toEqual(draws(1, 30))
  expect(draws(1, 30)).not.toEqual(draws(2, 30))
  expect(draws(1, 0).filter(Boolean)).toEqual([])
  expect(draws(1, 100).filter(Boolean)).toHaveLength(400)
  // A larger share hits the same orders, and more.
  const hit = (percent: number) => draws(1, percent).flatMap((draw, index) => (draw ? [index] : []))
  expect(hit(60)).toEqual(expect.arrayContaining(hit(30)))
  for (const draw of draws(1, 100)) expect(Fault.parse(draw?.fault)).toEqual(draw?.fault)
})
