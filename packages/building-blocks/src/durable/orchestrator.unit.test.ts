import { defineRefusal } from "@eshop/domain/kernel/refusal"
import fc from "fast-check"
import { describe, expect, test } from "vitest"
import * as z from "zod"
import { saga } from "./saga.ts"
import { step } from "./step.ts"
import { after, type Play, type Played, playSaga } from "./testing/play-saga.ts"

const soldOut = defineRefusal("stock.sold-out", "rule", "Sold out.", z.object({ left: z.int() }))
const Id = z.object({ id: z.string() })
const run = async () => undefined
const policy = { firstPauseSeconds: 1, longestPauseSeconds: 8, attempts: 3 }
const undoable = <const Name extends string>(name: Name) =>
  step(name, {
    input: Id,
    output: z.unknown(),
    refusals: [soldOut],
    policy,
    run: () => run,
    undo: () => run as never,
  })
const stock = undoable("take-stock")
const coupon = undoable("take-coupon")
const payment = undoable("take-payment")
const mark = step("mark", {
  input: Id,
  output: z.string(),
  refusals: [soldOut],
  run: () => async () => "marked",
})

const order = saga("order", {
  input: Id,
  steps: [stock, coupon, payment, mark],
  events: { paid: z.object({ by: z.string() }), cancel: z.object({}) },
  deadlineMinutes: 15,
  *run(saga, { id }) {
    saga.at("taking")
    for (const one of [stock, coupon, payment]) yield* saga.take(one, { id })
    saga.pointOfNoReturn()
    saga.at("marking")
    yield* saga.untilDone(mark, { id })
    return "completed"
  },
  *ledBack(saga, { id }, reason) {
    yield* saga.untilDone(mark, { id })
    return reason.code
  },
})
const input = { id: "o-1" }
const play = (actors: Play["actors"], more: Play = {}) =>
  playSaga(order, input, { ...more, actors: actors ?? {} })
const names = ({ calls }: Played) => calls.map(({ activity }) => activity)
const times = (played: Played, activity: string) =>
  played.calls.filter((call) => call.activity === activity).map(({ atSeconds }) => atSeconds)
const many = <T>(count: number, one: T): T[] => Array(count).fill(one)

test("a saga takes its steps in order and ends in its state", async () => {
  const played = await play({})
  expect([played.state, names(played)]).toEqual([
    "completed",
    ["take-stock", "take-coupon", "take-payment", "mark"],
  ])
  expect(played.calls.map((call) => call.input)).toEqual(many(4, input))
  expect(played.log).toMatchObject([
    {
      ...{ level: "info", msg: "order: completed", saga: "order", sagaId: "saga-1", outcome: "completed" },
      ...{ seconds: 0, trace: "a".repeat(32) },
    },
  ])
})

describe("a way back", () => {
  const back = ["undo-take-payment", "undo-take-coupon", "undo-take-stock", "mark"]

  test("undoes last first, also the step that was refused: its undo was registered before it", async () => {
    const played = await play({ "take-payment": () => soldOut({ left: 1 }) })
    expect(played.state).toBe("stock.sold-out")
    expect(names(played)).toEqual(["take-stock", "take-coupon", "take-payment", ...back])
    const says = "takes back what was begun"
    expect(played.positions).toEqual([
      { step: "taking" },
      { step: "leading-back", says, reason: "stock.sold-out" },
    ])
  })

  test("begins after a step's own failures, as many as its policy bears with", async () => {
    const played = await play({ "take-payment": after(many(9, "failed")) })
    expect([played.state, times(played, "take-payment")]).toEqual(["step.failed", [0, 1, 3]])
    expect(names(played).slice(-4)).toEqual(back)
  })

  test("begins when what is out is not back by the saga's deadline", async () => {
    const played = await play({ "take-payment": after(many(1_000, "unavailable")) })
    expect(played.state).toBe("step.unavailable")
    const tried = times(played, "take-payment")
    expect(tried.slice(0, 6)).toEqual([0, 1, 3, 7, 15, 23])
    expect([tried.at(-2), tried.at(-1)]).toEqual([895, 903])
  })

  test("does not begin while waiting helps, nor for failures that pass", async () => {
    const played = await play({
      "take-stock": after(many(60, "unavailable")),
      "take-payment": after(["failed", "unavailable", "failed", "unavailable"]),
    })
    expect([played.state, times(played, "take-payment")]).toHaveLength(2)
    expect(played.state).toBe("completed")
  })

  test("begins at a fault of the saga's own code, which is logged", async () => {
    const faulty = saga("faulty", {
      ...order,
      steps: [stock, mark],
      events: {},
      *run(saga) {
        yield* saga.take(stock, input)
        throw new TypeError("undefined is not a function")
      },
      *ledBack(_, __, reason) {
        yield* []
        return reason.code
      },
    })
    const played = await playSaga(faulty, input)
    expect([played.state, names(played)]).toEqual(["saga.faulty", ["take-stock", "undo-take-stock"]])
    expect(played.log).toMatchObject([
      { level: "error", outcome: "faulty", error: "TypeError", sagaId: "saga-1", trace: "a".repeat(32) },
      { level: "info", outcome: "saga.faulty", sagaId: "saga-1", trace: "a".repeat(32) },
    ])
    expect(JSON.stringify(played.positions)).not.toContain("undefined is not")
  })

  test("ends at the point of no return: what breaks there undoes nothing and needs attention", async () => {
    const captured = saga("captured", {
      ...order,
      steps: [stock, payment],
      events: {},
      *run(saga) {
        yield* saga.take(stock, input)
        saga.pointOfNoReturn()
        yield* saga.take(payment, input)
        return "completed"
      },
      *ledBack() {
        yield* []
        return "never"
      },
    })
    const played = await playSaga(captured, input, { actors: { "take-payment": () => soldOut({ left: 0 }) } })
    expect([played.state, names(played)]).toEqual([undefined, ["take-stock", "take-payment"]])
    expect(played.failure).toBe("The saga can go neither on nor back; its log line says why.")
    expect(played.positions.at(-1)).toEqual({
      step: "stranded",
      says: "has ended and can go neither on nor back",
      needsAttention: true,
      reason: "stock.sold-out",
    })
    expect(played.log).toMatchObject([{ level: "error", saga: "captured", outcome: "stranded" }])
  })
})

describe("a step that must be done", () => {
  test("is tried after pauses that double from a second to an hour", async () => {
    const played = await play({ mark: after(many(16, "failed")) })
    const tried = times(played, "mark")
    const pauses = tried.slice(1).map((at, index) => at - (tried[index] as number))
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600, 3_600, 3_600, 3_600])
    expect(played.state).toBe("completed")
  })

  test("answers a refusal instead of leading back", async () => {
    const played = await play({ mark: () => soldOut({ left: 0 }) })
    expect([played.state, names(played)]).toEqual([
      "completed",
      ["take-stock", "take-coupon", "take-payment", "mark"],
    ])
  })
})

describe("a race", () => {
  type Names = readonly ("paid" | "cancel")[]
  /** Races one after the other, with a step between them; ends in what they answered. */
  const racing = (...races: readonly (readonly [Names, number])[]) =>
    saga("racing", {
      input: Id,
      steps: [stock],
      events: { paid: z.object({ by: z.string() }), cancel: z.object({}) },
      deadlineMinutes: 15,
      *run(saga, { id }) {
        const answers: string[] = []
        for (const [names, minutes] of races) {
          const answer = yield* saga.race(names, minutes)
          answers.push(answer?.event === "paid" ? answer.data.by : (answer?.event ?? "late"))
          yield* saga.take(stock, { id })
        }
        return answers.join()
      },
      *ledBack(_, __, reason) {
        yield* []
        return reason.code
      },
    })
  const both: Names = ["paid", "cancel"]
  const at = (afterSeconds: number, event: string, data: unknown = {}) => ({ afterSeconds, event, data })
  const raced = async (
    races: readonly (readonly [Names, number])[],
    events: NonNullable<Play["events"]>,
    actor?: Play["actors"],
  ) => (await playSaga(racing(...races), input, { events, actors: actor ?? {} })).state

  test("is won by the first event, or by the deadline", async () => {
    expect(await raced([[both, 1]], [at(59, "paid", { by: "card" }), at(59.5, "cancel")])).toBe("card")
    expect(await raced([[both, 1]], [at(59, "cancel")])).toBe("cancel")
    expect(await raced([[both, 1]], [at(61, "cancel")])).toBe("late")
  })

  test("passes over an event that does not fit its schema", async () => {
    expect(
      await raced([[both, 1]], [at(1, "paid", { by: 7 }), at(2, "paid"), at(3, "paid", { by: "card" })]),
    ).toBe("card")
    expect(await raced([[both, 1]], [at(1, "paid", { by: 7 })])).toBe("late")
  })

  test("hears what came before it, whether anybody had waited for it or not", async () => {
    const before = {
      "take-stock": (_: never, stage: { attempt: number; raise(event: string, data: unknown): void }) => {
        if (stage.attempt === 1) stage.raise("cancel", {})
      },
    }
    expect(
      await raced(
        [
          [["paid"], 1],
          [both, 1],
        ],
        [at(1, "paid", { by: "card" })],
        before,
      ),
    ).toBe("card,cancel")
    expect(
      await raced(
        [
          [both, 1],
          [both, 1],
        ],
        [at(1, "paid", { by: "card" })],
        before,
      ),
    ).toBe("card,cancel")
    expect(
      await raced(
        [
          [both, 1],
          [["paid"], 1],
          [both, 1],
        ],
        [at(1, "paid", { by: "card" })],
        before,
      ),
    ).toBe("card,late,cancel")
  })

  test("hears each event once", async () => {
    expect(
      await raced(
        [
          [both, 1],
          [both, 1],
          [both, 1],
        ],
        [at(1, "cancel"), at(2, "paid", { by: "card" })],
      ),
    ).toBe("cancel,card,late")
  })
})

const fault = fc.constantFrom("unavailable" as const, "failed" as const, soldOut({ left: 0 }))

test("under any faults a saga ends, and what it took is kept by a completed one or was undone", async () => {
  const faults = fc.record({
    "take-stock": fc.array(fault, { maxLength: 5 }),
    "take-coupon": fc.array(fault, { maxLength: 5 }),
    "take-payment": fc.array(fault, { maxLength: 5 }),
    mark: fc.array(fault, { maxLength: 12 }),
    "undo-take-stock": fc.array(fc.constantFrom("unavailable" as const, "failed" as const), {
      maxLength: 12,
    }),
    "undo-take-payment": fc.array(fc.constantFrom("unavailable" as const, "failed" as const), {
      maxLength: 12,
    }),
    /** Whether a step that fails has had its effect all the same. */
    halfDone: fc.boolean(),
  })
  await fc.assert(
    fc.asyncProperty(faults, async ({ halfDone, ...byActivity }) => {
      const held = new Set<string>()
      const actors = Object.fromEntries(
        [stock, coupon, payment].flatMap(
          ({ name }) =>
            [
              [
                name,
                (_: never, stage) => {
                  if (halfDone) held.add(name)
                  return after(byActivity[name], () => void held.add(name))(_, stage)
                },
              ],
              [
                `undo-${name}`,
                (_: never, stage) =>
                  after(byActivity[`undo-${name}` as "undo-take-stock"] ?? [], () => void held.delete(name))(
                    _,
                    stage,
                  ),
              ],
            ] satisfies [string, NonNullable<Play["actors"]>[string]][],
        ),
      )
      const played = await play({ ...actors, mark: after(byActivity.mark) })
      expect([...held].sort()).toEqual(
        played.state === "completed" ? ["take-coupon", "take-payment", "take-stock"] : [],
      )
      expect(played.failure).toBeUndefined()
    }),
  )
})

test("30 days of failures: an attempt an hour, and no more history than that", async () => {
  const until = new Date("2026-01-31T00:00:00Z")
  const played = await play({
    mark: (_, { now }) => {
      if (now < until) throw new Error("a bug")
    },
  })
  expect([played.state, names(played).filter((name) => name === "mark").length]).toEqual(["completed", 732])
  expect(played.history).toHaveLength(5_868)
})

test("a play that takes no end, as with a port that is missing, says at which step and why", async () => {
  const ports = {} as { readonly series: { next(): string } }
  await expect(play({ mark: () => ports.series.next() })).rejects.toThrow(
    /^the saga takes no end: after 5000 turns it is still at mark, attempt \d+, which threw: .*'next'/,
  )
})
