import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { DependencyUnavailableError } from "../failure.ts"
import { messageHold } from "./hold.ts"

vi.mock("node:timers/promises", () => ({
  setTimeout: (ms: number, value: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => resolve(value), ms)
      signal.addEventListener("abort", () => {
        clearTimeout(timer)
        reject(new Error("aborted"))
      })
    }),
}))

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const out = new DependencyUnavailableError("database")

/** Work that fails until the moment, counted in milliseconds from now. */
function failingUntil(ms: number, error: Error = out) {
  const back = performance.now() + ms
  return vi.fn(async () => {
    if (performance.now() < back) throw error
    return "done"
  })
}

test("a message is held until its dependency is back", async () => {
  const work = failingUntil(30_000)
  const held = messageHold().run(work)
  await vi.advanceTimersByTimeAsync(40_000)
  expect(await held).toBe("done")
  expect(work.mock.calls.length).toBeLessThan(20)
})

test("a message is given back after 60 s", async () => {
  const started = performance.now()
  let ended = 0
  const held = messageHold()
    .run(failingUntil(3_600_000))
    .catch((error) => {
      ended = performance.now() - started
      return error
    })
  await vi.advanceTimersByTimeAsync(120_000)
  expect(await held).toBe(out)
  expect(Math.round(ended)).toBe(60_000)
})

test("what waiting does not mend is not waited for", async () => {
  const wrong = new TypeError("undefined is not a function")
  const work = failingUntil(1, wrong)
  await expect(messageHold().run(work)).rejects.toBe(wrong)
  expect(work).toHaveBeenCalledTimes(1)
})

test("a host that drains gets its messages back at once", async () => {
  const hold = messageHold()
  const work = failingUntil(3_600_000)
  const held = hold.run(work).catch((error) => error)
  // Before its first pause is over, which is half its length at the least.
  await vi.advanceTimersByTimeAsync(40)
  hold.end()
  expect(await held).toBe(out)
  await expect(hold.run(work)).rejects.toBe(out)
  expect(work).toHaveBeenCalledTimes(2)
})
