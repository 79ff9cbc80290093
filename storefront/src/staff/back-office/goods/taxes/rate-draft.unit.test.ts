import { expect, test } from "vitest"
import { draftOf, newRate, rateFrom } from "./rate-draft.ts"

test("a rate that nobody changes is sent as it was, to the thousandth of a percent and the millisecond", () => {
  const rate = {
    state: "Quebec",
    taxCategory: "standard",
    rate: 14_975,
    validFrom: "2013-01-01T00:00:00.001Z",
  }
  expect(draftOf(rate).rate).toBe("14.975")
  expect(rateFrom(draftOf(rate))).toEqual(rate)
  expect([0, 5_000, 10_000, 7_500].map((one) => draftOf({ ...rate, rate: one }).rate)).toEqual([
    ...["0", "5", "10", "7.5"],
  ])
})

test("what is no percentage, or has no beginning, makes no rate", () => {
  expect(rateFrom({ ...newRate(), rate: "9.9755" })).toBeUndefined()
  expect(rateFrom({ ...newRate(), rate: "19", validFrom: "" })).toBeUndefined()
})
