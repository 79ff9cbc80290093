import { expect, test } from "vitest"
import { differenceOf } from "./difference.ts"

type Thing = { a: number; b?: { c: number[] } }

test("says the members that differ, as they were and as they are", () => {
  const before: Thing = { a: 1, b: { c: [1, 2] } }
  expect(differenceOf(before, { a: 2, b: { c: [1, 2] } })).toEqual({ from: { a: 1 }, to: { a: 2 } })
  expect(differenceOf(before, { a: 1 })).toEqual({ from: { b: { c: [1, 2] } }, to: {} })
  expect(differenceOf<Thing>({ a: 1 }, before)).toEqual({ from: {}, to: { b: { c: [1, 2] } } })
  expect(differenceOf(before, { b: { c: [1, 2] }, a: 1 })).toBeUndefined()
})
