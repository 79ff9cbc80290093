import { expect, test } from "vitest"
import { parseRepetition, pausesOf } from "./repetition.ts"

test("the seed fixes when each copy comes, and another seed says otherwise", () => {
  const repetition = { times: 3, seed: "a", leastMs: 500, spreadMs: 2_000 }
  const one = pausesOf(repetition, "message")
  expect(one).toHaveLength(3)
  expect(one.filter((pause) => pause >= 500 && pause <= 2_500)).toEqual(one)
  expect(pausesOf(repetition, "message")).toEqual(one)
  expect(pausesOf({ ...repetition, seed: "b" }, "message")).not.toEqual(one)
  expect(pausesOf(repetition, "another")).not.toEqual(one)
})

test("it is said as TIMES:SEED", () => {
  expect(parseRepetition("3:7:8")).toEqual({ times: 3, seed: "7:8", leastMs: 0, spreadMs: 2_000 })
  for (const text of ["", "3", "three:1", ":1"]) expect(() => parseRepetition(text)).toThrow(RangeError)
})
