import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { DependencyUnavailableError } from "../failure.ts"
import { within } from "../telemetry/ambient.ts"
import { CATCH_UP_MS, type FollowedUp, followUps } from "./follow-ups.ts"

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const followUp = { name: "thing.project" }

/** A follow-up whose runs end when the test says so. */
function followed(pauseMs = 0) {
  const runs: (PromiseWithResolvers<FollowedUp> & {
    traceparents: readonly string[]
    signal: AbortSignal
  })[] = []
  const errors: unknown[] = []
  const follow = followUps()
  const ask = follow.asks(followUp)
  const begin = () =>
    follow.begin([
      {
        ...followUp,
        pauseMs,
        run(traceparents, signal) {
          const run = { ...Promise.withResolvers<FollowedUp>(), traceparents, signal }
          runs.push(run)
          return run.promise
        },
        onError: (error) => errors.push(error),
      },
    ])
  const end = async (index: number, answer: FollowedUp = {}) => {
    runs[index]?.resolve(answer)
    await vi.advanceTimersByTimeAsync(0)
  }
  return { follow, ask, begin, runs, errors, end }
}

test("a hundred commits during a run lead to one further run, and none comes after it", async () => {
  const { ask, begin, runs, end } = followed()
  begin()
  for (let commit = 0; commit < 101; commit++) ask()
  expect(runs).toHaveLength(1)
  await end(0)
  expect(runs).toHaveLength(2)
  await end(1)
  await vi.advanceTimersByTimeAsync(10 * CATCH_UP_MS)
  expect(runs).toHaveLength(2)
})

test("a run waits for further commits as long as it was told", async () => {
  const { ask, begin, runs } = followed(1_000)
  begin()
  ask()
  await vi.advanceTimersByTimeAsync(999)
  ask()
  expect(runs).toHaveLength(0)
  await vi.advanceTimersByTimeAsync(1)
  expect(runs).toHaveLength(1)
})

test("a run that fails is told, tried by nobody, and done by the next one", async () => {
  const { ask, begin, runs, errors } = followed()
  begin()
  ask()
  runs[0]?.reject("broke")
  await vi.advanceTimersByTimeAsync(10 * CATCH_UP_MS)
  expect([errors, runs.length]).toEqual([["broke"], 1])
  ask()
  expect(runs).toHaveLength(2)
})

test("a run that meets an outage is tried again until it is over", async () => {
  const { ask, begin, runs, end, errors } = followed()
  begin()
  ask()
  for (let failure = 0; failure < 3; failure++) {
    runs[failure]?.reject(new DependencyUnavailableError("the store"))
    await vi.advanceTimersByTimeAsync(9_999)
    expect(runs).toHaveLength(failure + 1)
    await vi.advanceTimersByTimeAsync(1)
  }
  await end(3)
  await vi.advanceTimersByTimeAsync(CATCH_UP_MS)
  expect([runs.length, errors.length]).toEqual([4, 3])
})

test("a run that names a moment is followed by another one then, to the millisecond", async () => {
  const { ask, begin, runs, end } = followed()
  begin()
  ask()
  await end(0, { againInMs: 30_000 })
  await vi.advanceTimersByTimeAsync(29_999)
  expect(runs).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(runs).toHaveLength(2)
})

test("of two moments the first one counts, and a run in between takes none away", async () => {
  const { ask, begin, runs, end } = followed()
  begin()
  ask()
  await end(0, { againInMs: 30_000 })
  ask()
  await end(1, { againInMs: 5_000 })
  ask()
  await end(2)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(runs).toHaveLength(4)
  await end(3)
  await vi.advanceTimersByTimeAsync(CATCH_UP_MS)
  expect(runs).toHaveLength(4)
})

test("a moment behind the next catch-up is the catch-up's, and wakes nobody", async () => {
  const { ask, begin, runs, end } = followed()
  begin()
  ask()
  await end(0, { againInMs: CATCH_UP_MS })
  await vi.advanceTimersByTimeAsync(2 * CATCH_UP_MS)
  expect(runs).toHaveLength(1)
})

test("a run knows the traces that it serves, each once", async () => {
  const { ask, begin, runs, end } = followed()
  begin()
  const traceparentOf = (trace: string, span: string) => `00-${trace.repeat(32)}-${span.repeat(16)}-01`
  const askIn = (trace: string, span: string) =>
    within({ traceparent: traceparentOf(trace, span) }, () => ask())
  ask()
  askIn("a", "1")
  askIn("b", "1")
  askIn("a", "2")
  await end(0)
  expect(runs.map(({ traceparents }) => traceparents)).toEqual([
    [],
    [traceparentOf("a", "2"), traceparentOf("b", "1")],
  ])
})

test("a stop tells the run under way, waits for it, and lets none begin after it", async () => {
  const { follow, ask, begin, runs, end } = followed()
  begin()
  ask()
  let hasStopped = false
  const stopped = follow.stop(5_000).then(() => {
    hasStopped = true
  })
  await vi.advanceTimersByTimeAsync(1_000)
  expect([hasStopped, runs[0]?.signal.aborted]).toEqual([false, true])
  ask()
  await end(0, { againInMs: 0 })
  await stopped
  await vi.advanceTimersByTimeAsync(CATCH_UP_MS)
  expect([hasStopped, runs.length]).toEqual([true, 1])
})

test("a stop waits for no run longer than it was told", async () => {
  const { follow, ask, begin } = followed()
  begin()
  ask()
  vi.useRealTimers()
  await follow.stop(10)
})

test("asking for what the app does not run is a mistake", () => {
  const { follow, begin } = followed()
  follow.asks({ name: "thing.forgotten" })
  expect(begin).toThrow("thing.forgotten is asked for after commits, and is no follow-up of the app")
})
