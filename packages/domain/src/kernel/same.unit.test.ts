import { isDeepStrictEqual } from "node:util"
import fc from "fast-check"
import { expect, test } from "vitest"
import { isSame } from "./same.ts"

test("JSON values are the same when they are deeply equal", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
      expect(isSame(a, b)).toBe(
        isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))),
      )
      expect(isSame(a, structuredClone(a))).toBe(true)
    }),
  )
})

test("the order of members is nothing, that of a list is", () => {
  expect(isSame({ a: 1, b: { c: 2 } }, { b: { c: 2 }, a: 1 })).toBe(true)
  expect(isSame({ a: 1, b: undefined }, { a: 1 })).toBe(true)
  expect(isSame([1, 2], [2, 1])).toBe(false)
  expect(isSame([], {})).toBe(false)
  expect(isSame({ a: 1 }, { a: 1, b: 2 })).toBe(false)
})
