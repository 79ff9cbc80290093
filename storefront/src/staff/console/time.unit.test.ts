import { expect, test } from "vitest"
import { clock, duration, span } from "./time.ts"

test.each([
  [-5, "0 s"],
  [999, "0 s"],
  [59_999, "59 s"],
  [60_000, "1 min"],
  [3_599_999, "59 min"],
  [7_200_000, "2 h"],
  [200_000_000, "2 d"],
])("%d ms are %s", (ms, says) => {
  expect(span(ms)).toBe(says)
})

test("what was quick is told in milliseconds, and moments in UTC", () => {
  expect([duration(12.4), duration(1_500), duration(-1)]).toEqual(["12 ms", "1 s", "0 ms"])
  expect(clock("2026-11-26T23:59:59.9+01:00")).toBe("22:59:59 UTC")
})
