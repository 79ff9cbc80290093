import fc from "fast-check"
import { describe, expect, test } from "vitest"
import * as z from "zod"
import { saga } from "./saga.ts"
import { step } from "./step.ts"
import { after, type Play, type Played, playSaga } from "./testing/play-saga.ts"

const Id = z.object({ id: z.string() })
const parts = { input: Id, output: z.void(), run: () => async () => {}, undo: () => async () => {} }
const hold = step("hold", parts)
const pay = step("pay", parts)
const ship = step("ship", { ...parts, undo: undefined as never })

/** Waits for an answer, holds, waits a minute, pays, and ships what is paid. */
const sale = saga("sale", {
  input: Id,
  steps: [hold, pay, ship],
  events: { answer: z.object({ yes: z.boolean() }), cancel: z.object({}), expired: z.object({}) },
  interrupts: {
    cancel: { code: "customer.asked", detail: "The customer asked for it." },
    expired: { code: "stock.expired", detail: "The time is over." },
  },
  deadlineMinutes: 15,
  *run(saga, input) {
    yield* saga.race(["answer"], 10)
    yield* saga.take(hold, input)
    yield* saga.pause(60)
    yield* saga.lastInterruption()
    yield* saga.take(pay, input)
    saga.pointOfNoReturn()
    yield* saga.take(ship, input)
    return (yield* saga.hasHeard("cancel")) ? "shipped, to come back" : "shipped"
  },
  *ledBack(saga, _, reason) {
    yield* saga.pause(10)
    return reason.code
  },
})
const at = (afterSeconds: number, event: string, data: unknown = {}) => ({ afterSeconds, event, data })
const answer = at(5, "answer", { yes: true })
const play = (events: NonNullable<Play["events"]>, actors: Play["actors"] = {}) =>
  playSaga(sale, { id: "s-1" }, { events, actors: actors ?? {} })
const names = ({ calls }: Played) => calls.map(({ activity }) => activity)

test("without one a saga goes its way", async () => {
  const played = await play([answer])
  expect([played.state, names(played), played.seconds]).toEqual(["shipped", ["hold", "pay", "ship"], 65])
})

describe("an event that interrupts leads the saga back", () => {
  test.each([
    ["while it waits for an answer", 3, [], 13],
    ["in a pause", 30, ["hold", "undo-hold"], 40],
    ["at the moment of the answer, said before it", 5, [], 15],
  ])("%s", async (_, seconds, activities, ends) => {
    const played = await play([at(seconds, "cancel"), answer])
    expect([played.state, names(played), played.seconds]).toEqual(["customer.asked", activities, ends])
  })

  test("while a step is tried again", async () => {
    const out = after(Array(100).fill("unavailable"))
    const played = await play([answer, at(100, "expired")], { hold: out })
    expect([played.state, played.seconds]).toEqual(["stock.expired", 110])
    expect(names(played).at(-1)).toBe("undo-hold")
  })

  test("before its next step, when it comes during one", async () => {
    const played = await play([answer], { hold: (_, { raise }) => raise("cancel", {}) })
    expect([played.state, names(played), played.seconds]).toEqual([
      "customer.asked",
      ["hold", "undo-hold"],
      15,
    ])
  })

  test("also where nobody has waited for it before", async () => {
    const direct = saga("direct", {
      input: Id,
      steps: [hold],
      events: { cancel: z.object({}) },
      interrupts: { cancel: { code: "customer.asked", detail: "The customer asked for it." } },
      deadlineMinutes: 15,
      *run(saga, input) {
        yield* saga.untilDone(hold, input)
        yield* saga.lastInterruption()
        return "done"
      },
    })
    const actors: Play["actors"] = { hold: (_, { raise }) => raise("cancel", {}) }
    expect((await playSaga(direct, { id: "s-1" }, { actors: actors ?? {} })).state).toBe("customer.asked")
    expect((await playSaga(direct, { id: "s-1" })).state).toBe("done")
  })
})

describe("an event that interrupts is not heard", () => {
  test("once it is too late: the saga may still ask for it", async () => {
    const inPay = await play([answer], { pay: (_, { raise }) => raise("cancel", {}) })
    expect([inPay.state, names(inPay)]).toEqual(["shipped, to come back", ["hold", "pay", "ship"]])
    const out = after(Array(8).fill("unavailable"))
    const retrying = await play([answer, at(70, "cancel")], { pay: out })
    expect([retrying.state, names(retrying).at(-1)]).toEqual(["shipped, to come back", "ship"])
  })

  test("a second time, nor while the saga is led back", async () => {
    const played = await play([at(3, "cancel"), at(4, "cancel"), at(5, "expired")])
    expect([played.state, played.seconds]).toEqual(["customer.asked", 13])
  })

  test("when it is malformed", async () => {
    const played = await play([at(3, "cancel", 7), answer])
    expect(played.state).toBe("shipped")
    expect(played.log.filter(({ level }) => level === "warn")).toHaveLength(1)
  })
})

test("the deadline can be moved: what is out is waited for until then", async () => {
  const until = saga("until", {
    input: Id,
    steps: [hold],
    deadlineMinutes: 15,
    *run(saga, input) {
      const was = saga.deadline
      saga.deadline = new Date(saga.now.getTime() + 60_000)
      yield* saga.take(hold, input)
      return was.toISOString()
    },
  })
  const out = after(Array(1_000).fill("unavailable"))
  const played = await playSaga(until, { id: "s-1" }, { actors: { hold: out } })
  expect([played.state, played.calls.at(-2)?.atSeconds]).toEqual(["step.unavailable", 61.5])
  expect((await playSaga(until, { id: "s-1" })).state).toBe("2026-01-01T00:15:00.000Z")
})

test("a saga branches on the version that its instance was started with", async () => {
  const changed = saga("changed", {
    input: Id,
    steps: [hold, pay],
    deadlineMinutes: 15,
    *run(saga, input) {
      const order = saga.version === undefined ? ([hold, pay] as const) : ([pay, hold] as const)
      for (const one of order) yield* saga.take(one, input)
      return saga.version ?? "older than all"
    },
  })
  const old = await playSaga(changed, { id: "s-1" })
  expect([old.state, names(old)]).toEqual(["older than all", ["hold", "pay"]])
  const young = await playSaga(changed, { id: "s-1" }, { version: "1.1.0" })
  expect([young.state, names(young)]).toEqual(["1.1.0", ["pay", "hold"]])
})

test("whenever it comes, the sale is shipped and paid, or neither", async () => {
  const moments = fc.array(
    fc.record({
      afterSeconds: fc.double({ min: 0, max: 120, noNaN: true }),
      event: fc.constantFrom("cancel", "expired"),
    }),
    { maxLength: 4 },
  )
  const faults = fc.array(fc.constantFrom("failed" as const, "unavailable" as const), { maxLength: 5 })
  const property = fc.asyncProperty(moments, faults, faults, async (events, holding, paying) => {
    const played = await play([answer, ...events.map((one) => ({ ...one, data: {} }))], {
      hold: after(holding),
      pay: after(paying),
    })
    const activities = [...new Set(names(played))]
    if (played.state?.startsWith("shipped")) expect(activities).toEqual(["hold", "pay", "ship"])
    else expect([[], ["hold", "undo-hold"]]).toContainEqual(activities)
  })
  await fc.assert(property, { numRuns: 300 })
}, 60_000)
