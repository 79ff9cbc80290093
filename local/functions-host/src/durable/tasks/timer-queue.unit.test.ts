import fc from "fast-check"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { createTimerQueue } from "./timer-queue.ts"

beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
})
afterEach(() => {
  vi.useRealTimers()
})

test("timers fire in the order of their times, cancelled ones never, none too early", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ at: fc.nat(5000), cancel: fc.boolean() }), { maxLength: 60 }),
      (given) => {
        vi.setSystemTime(0)
        const queue = createTimerQueue()
        const fired: number[] = []
        for (const { at, cancel } of given) {
          const cancelTimer = queue.add(at, () => {
            expect(Date.now()).toBeGreaterThanOrEqual(at)
            fired.push(at)
          })
          if (cancel) cancelTimer()
        }
        vi.advanceTimersByTime(5001)
        expect(fired).toEqual(
          given
            .filter(({ cancel }) => !cancel)
            .map(({ at }) => at)
            .toSorted((a, b) => a - b),
        )
        queue.clear()
      },
    ),
  )
})

test("a timer beyond the reach of setTimeout fires at its time", () => {
  const queue = createTimerQueue()
  const days = 40 * 24 * 60 * 60 * 1000
  let firedAt = 0
  queue.add(days, () => {
    firedAt = Date.now()
  })
  vi.advanceTimersByTime(days)
  expect(firedAt).toBe(days)
})

test("thousands of cancelled timers are swept out and the rest still fires", () => {
  const queue = createTimerQueue()
  let fired = 0
  for (let index = 0; index < 5000; index++) {
    const cancel = queue.add(1000 + index, () => fired++)
    if (index % 10 !== 0) cancel()
  }
  vi.advanceTimersByTime(10_000)
  expect(fired).toBe(500)
})
