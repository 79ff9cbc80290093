import { expect, test } from "vitest"
import { parseRepetition, pausesOf } from "./repetition.ts"

test("the seed fixes when each copy comes, and another seed says otherwise", () => {
  const one = pausesOf({ times: 3, seed: "a" }, "message")
  expect(one).toHaveLength(3)
  expect(pausesOf({ times: 3, seed: "a" }, "message")).toEqual(one)
  expect(pausesOf({ times: 3, seed: "b" }, "message")).not.toEqual(one)
  expect(pausesOf({ times: 3, seed: "a" }, "another")).not.toEqual(one)
})

test("it is said as TIMES:SEED", () => {
  expect(parseRepetition("3:7:8")).toEqual({ times: 3, seed: "7:8" })
  for (const text of ["", "3", "three:1", ":1"]) expect(() => parseRepetition(text)).toThrow(RangeError)
})
