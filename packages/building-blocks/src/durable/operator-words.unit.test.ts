import fc from "fast-check"
import { describe, expect, test } from "vitest"
import * as z from "zod"
import { AttentionNote } from "./attention.ts"
import { type OperatorWord, SagaPosition, Word } from "./position.ts"
import { saga } from "./saga.ts"
import { step } from "./step.ts"
import { type Actor, after, type Play, type Played, playSaga } from "./testing/play-saga.ts"

const Id = z.object({ id: z.string() })
const policy = { firstPauseSeconds: 1, longestPauseSeconds: 8, attempts: 100 }
const parts = { input: Id, output: z.void(), policy, run: () => async () => {}, undo: () => async () => {} }
const first = step("first", { ...parts, undoSkippable: true })
const second = step("second", parts)
const optional = step("optional", { ...parts, skippable: true })
const last = step("last", parts)
const note = step("note", { input: AttentionNote, output: z.void(), run: () => async () => {} })

/** Two steps that can be taken back, one that can be left out, and one behind the point of no return. */
const process = saga("process", {
  input: Id,
  steps: [first, second, optional, last],
  attention: note,
  deadlineMinutes: 60,
  *run(saga, input) {
    saga.at("under-way")
    yield* saga.take(first, input)
    yield* saga.take(second, input)
    yield* saga.take(optional, input)
    saga.pointOfNoReturn()
    yield* saga.take(last, input)
    return "completed"
  },
  *ledBack(_, __, reason) {
    yield* []
    return reason.code
  },
})

const many = <T>(count: number, one: T): T[] => Array(count).fill(one)
const play = (actors: Play["actors"], events: Play["events"] = []) =>
  playSaga(process, { id: "p-1" }, { actors: actors ?? {}, events })
const names = ({ calls }: Played) => calls.map(({ activity }) => activity).filter((name) => name !== "note")
const times = ({ calls }: Played, activity: string) =>
  calls.filter((call) => call.activity === activity).map(({ atSeconds }) => atSeconds)
const said = (afterSeconds: number, step: string, attempt: number, word: Word) => ({
  afterSeconds,
  event: "operator",
  data: { step, attempt, word } satisfies OperatorWord,
})
const sagaEnds = "2026-01-01T00:00:31.000Z"
const failing: Actor = after(many(10_000, "failed"))
/** A step that fails until somebody has spoken, or the day is over. */
const failsFor = (seconds: number): Actor => {
  const until = Date.parse("2026-01-01T00:00:00Z") + seconds * 1_000
  return (_, { now }) => {
    if (now.getTime() < until) throw new Error("a bug")
  }
}
const back = ["undo-second", "undo-first"]

describe("a step that keeps failing", () => {
  test("shows from the fifth failure on what it waits for, how long, and what may be said", async () => {
    const played = await play({ second: after(many(6, "unavailable")) })
    const position = (attempt: number, clock: string, until: string) => ({
      step: "second",
      says: `has failed ${attempt} times (a dependency is out), is tried again at ${clock} UTC`,
      until,
      needsAttention: true,
      attempt,
      since: "2026-01-01T00:00:00.000Z",
      waitsFor: "a dependency",
      hears: ["retry", "compensate"],
    })
    expect(played.positions).toEqual([
      { step: "under-way" },
      position(5, "00:00", "2026-01-01T00:00:23.000Z"),
      position(6, "00:00", sagaEnds),
      { step: "under-way" },
    ])
    for (const one of played.positions) expect(SagaPosition.parse(one)).toEqual(one)
    expect(played.state).toBe("completed")
  })

  test("names no dependency when it fails for another reason, and the day when it is another one", async () => {
    const played = await playSaga(
      process,
      { id: "p-1" },
      { startedAt: new Date("2026-01-01T23:59:00Z"), actors: { last: after(many(6, "failed")) } },
    )
    expect(played.positions.at(-2)).toMatchObject({
      says: "has failed 6 times, is tried again at 2026-01-02 00:00 UTC",
      hears: ["retry"],
    })
    expect(played.positions.at(-2)).not.toHaveProperty("waitsFor")
  })

  test("is noted down once when that lasts for a minute, and struck out at its end", async () => {
    const notes = async (seconds: number) =>
      (await play({ second: failsFor(seconds) })).calls
        .filter(({ activity }) => activity === "note")
        .map(({ input }) => AttentionNote.parse(input))
    expect(await notes(50)).toEqual([])
    expect(await notes(300)).toEqual([
      {
        instanceId: "saga-1",
        saga: "process",
        position: expect.objectContaining({ step: "second", attempt: 11, needsAttention: true }),
      },
      { instanceId: "saga-1", saga: "process" },
    ])
  })

  test("is noted down as soon as that works, and nothing waits for it", async () => {
    let notes = 0
    const played = await play({
      second: failsFor(120),
      note: () => {
        if (++notes < 3) throw new Error("the store is away")
      },
    })
    expect(times(played, "note")).toEqual([63, 71, 79, 127])
    expect(times(played, "second").at(-1)).toBe(127)
  })
})

test("past the point of no return a step waits without end, whatever its policy says", async () => {
  const played = await play({ last: failsFor(86_400) })
  expect(played.state).toBe("completed")
  expect(times(played, "last").slice(0, 7)).toEqual([0, 1, 3, 7, 15, 31, 63])
  expect(times(played, "last").at(-1)).toBeGreaterThanOrEqual(86_400)
})

describe("an operator's word", () => {
  const wordsAt = (step: string, attempt: number, at: number, ...words: Word[]) =>
    words.map((word, index) => said(at + index / 10, step, attempt, word))

  test("retry: the step is tried at once, forward, while undoing, and after the return point", async () => {
    const forward = await play({ second: failsFor(20) }, [said(20, "second", 5, "retry")])
    expect(times(forward, "second")).toEqual([0, 1, 3, 7, 15, 20])
    const undoing = await play({ optional: failing, "undo-second": failsFor(16) }, [
      said(15, "optional", 5, "compensate"),
      said(31, "undo-second", 5, "retry"),
    ])
    expect([undoing.state, times(undoing, "undo-second")]).toEqual(["operator.compensated", [15, 16]])
    const past = await play({ last: failsFor(100) }, [said(100, "last", 7, "retry")])
    expect(times(past, "last")).toEqual([0, 1, 3, 7, 15, 31, 63, 100])
  })

  test("compensate: a forward saga is led back; one that is led back, or past its return, is not", async () => {
    const forward = await play({ second: failing }, [said(20, "second", 5, "compensate")])
    expect([forward.state, names(forward).slice(-2), forward.seconds]).toEqual([
      "operator.compensated",
      back,
      20,
    ])
    const undoing = await play({ optional: failing, "undo-second": failsFor(100) }, [
      said(15, "optional", 5, "compensate"),
      ...wordsAt("undo-second", 5, 40, "compensate"),
    ])
    expect([undoing.state, names(undoing).filter((name) => name === "undo-second").length]).toEqual([
      "operator.compensated",
      8,
    ])
    const past = await play({ last: failsFor(100) }, [said(20, "last", 5, "compensate")])
    expect([past.state, names(past).filter((name) => name.startsWith("undo"))]).toEqual(["completed", []])
  })

  test("skip: leaves out what may be left out, and nothing else", async () => {
    const allowed = await play({ optional: failing }, [said(20, "optional", 5, "skip")])
    expect([allowed.state, allowed.seconds, names(allowed).at(-1)]).toEqual(["completed", 20, "last"])
    const refused = await play({ second: failsFor(20) }, [said(16, "second", 5, "skip")])
    expect([refused.state, times(refused, "second").at(-1)]).toEqual(["completed", 23])
    const undo = await play({ optional: failing, "undo-first": failing }, [
      said(15, "optional", 5, "compensate"),
      said(40, "undo-first", 5, "skip"),
    ])
    expect([undo.state, undo.seconds]).toEqual(["operator.compensated", 40])
    const noUndo = await play({ optional: failing, "undo-second": failsFor(60) }, [
      said(15, "optional", 5, "compensate"),
      said(31, "undo-second", 5, "skip"),
    ])
    expect([noUndo.state, names(noUndo).slice(-1)]).toEqual(["operator.compensated", ["undo-first"]])
    const past = await play({ last: failsFor(20) }, [said(16, "last", 5, "skip")])
    expect(times(past, "last").at(-1)).toBe(31)
  })

  const places = [
    ["forward", "second", "first"],
    ["undoing", "undo-second", "optional"],
    ["past the return point", "last", "optional"],
  ] as const

  test.each(places)("that does not fit is ignored: %s", async (place, stuck, before) => {
    // Undoing begins at 15 s, the others at once: the fifth failure is 15 s later in each.
    const start = place === "undoing" ? 15 : 0
    const begin = place === "undoing" ? [said(15, "optional", 5, "compensate")] : []
    const actors = { [stuck]: failsFor(start + 40), ...(place === "undoing" && { optional: failing }) }
    const alone = await play(actors, begin)
    for (const word of Word.options) {
      const amiss = [
        said(start + 16, before, 5, word),
        said(start + 17, stuck, 4, word),
        said(start + 18, stuck, 6, word),
      ]
      const played = await play(actors, [...begin, ...amiss])
      expect(names(played)).toEqual(names(alone))
      expect(times(played, stuck)).toEqual(times(alone, stuck))
    }
  })

  test.each(places)("is heard once: %s", async (place, stuck) => {
    const start = place === "undoing" ? 15 : 0
    const begin = place === "undoing" ? [said(15, "optional", 5, "compensate")] : []
    const actors = { [stuck]: failsFor(start + 40), ...(place === "undoing" && { optional: failing }) }
    const once = [...begin, said(start + 16, stuck, 5, "retry")]
    const twice = [...once, said(start + 16, stuck, 5, "retry"), said(start + 17, stuck, 5, "retry")]
    expect(times(await play(actors, twice), stuck)).toEqual(times(await play(actors, once), stuck))
  })

  test("that comes too late, once its step was tried again or is done, moves nothing", async () => {
    const late = await play({ second: failsFor(20), optional: after(many(5, "failed")) }, [
      said(15.5, "second", 5, "retry"),
      said(24, "second", 5, "compensate"),
      said(24, "second", 6, "skip"),
      said(60, "optional", 5, "compensate"),
    ])
    expect([late.state, names(late).filter((name) => name.startsWith("undo"))]).toEqual(["completed", []])
  })

  test("that is none is passed over and logged", async () => {
    const data = [
      null,
      "retry",
      { step: "second", attempt: 5, word: "stop" },
      { step: "second", word: "retry" },
    ]
    const events = data.map((one, index) => ({ afterSeconds: 16 + index, event: "operator", data: one }))
    const played = await play({ second: after(many(5, "failed")) }, events)
    expect(times(played, "second")).toEqual([0, 1, 3, 7, 15, 23])
    expect(played.log.filter(({ level }) => level === "warn")).toHaveLength(4)
  })
})

test("whatever is said and whenever, a saga ends with everything done, or with everything taken back", async () => {
  const activities = ["first", "second", "optional", "last", "undo-first", "undo-second", "undo-optional"]
  const course = fc.record({
    faults: fc.dictionary(
      fc.constantFrom(...activities),
      fc.array(fc.constantFrom("failed" as const, "unavailable" as const), { maxLength: 9 }),
    ),
    words: fc.array(
      fc.record({
        afterSeconds: fc.integer({ min: 0, max: 300 }),
        step: fc.constantFrom(...activities),
        attempt: fc.integer({ min: 4, max: 9 }),
        word: fc.constantFrom(...Word.options),
      }),
      { maxLength: 20 },
    ),
  })
  const property = fc.asyncProperty(course, async ({ faults, words }) => {
    const done = new Map<string, number>()
    const count = (name: string) => void done.set(name, (done.get(name) ?? 0) + 1)
    const actors = Object.fromEntries(
      activities.map((name) => [name, after(faults[name] ?? [], () => count(name))]),
    )
    const events = words.map(({ afterSeconds, ...word }) =>
      said(afterSeconds, word.step, word.attempt, word.word),
    )
    const played = await play(actors, events)
    for (const [name, times] of done) expect([name, times]).toEqual([name, 1])
    const begun = names(played).filter((name) => !name.startsWith("undo-"))
    if (played.state === "completed") {
      expect([...done.keys()].filter((name) => name !== "optional")).toEqual(["first", "second", "last"])
    } else {
      expect(played.state).toBe("operator.compensated")
      expect(done.has("last")).toBe(false)
      const undone = [...new Set(names(played).filter((name) => name.startsWith("undo-")))]
      expect(undone).toEqual([...new Set(begun)].reverse().map((name) => `undo-${name}`))
      // Only an undo that may be left out can be missing.
      const missing = undone.filter((name) => !done.has(name))
      expect(missing.filter((name) => name !== "undo-first")).toEqual([])
    }
  })
  await fc.assert(property, { numRuns: 300 })
}, 60_000)
