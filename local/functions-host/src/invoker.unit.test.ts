import { expect, it } from "vitest"
import { formatTimeSpan, retryDelay } from "./invoker.ts"

it("waits a fixed delay", () => {
  const policy = { maxRetryCount: 3, retryStrategy: "fixedDelay", delayInterval: { seconds: 5 } } as const
  expect([0, 1, 2].map((count) => retryDelay(policy, count))).toEqual([5000, 5000, 5000])
})

it("waits longer each time up to the maximum, ±20 %", () => {
  const policy = {
    maxRetryCount: -1,
    retryStrategy: "exponentialBackoff",
    minimumInterval: { seconds: 2 },
    maximumInterval: { seconds: 20 },
  } as const
  expect([0, 1, 2, 3, 4].map((count) => retryDelay(policy, count, () => 0.5))).toEqual([
    2000, 4000, 6000, 10_000, 18_000,
  ])
  expect(retryDelay(policy, 1, () => 0)).toBe(3600)
  expect(retryDelay(policy, 9, () => 0)).toBe(20_000)
})

it("prints time spans as .NET does", () => {
  expect(formatTimeSpan(1000)).toBe("00:00:01")
  expect(formatTimeSpan(5_400_500)).toBe("01:30:00.5000000")
  expect(formatTimeSpan(90_000_000)).toBe("1.01:00:00")
})
