import fc from "fast-check"
import { expect, test } from "vitest"
import { unacceptableFields } from "./plain-input.ts"

const paths = (input: unknown) => unacceptableFields(input).map(({ path }) => path)
const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])

test("text of any script is fine, at any place", () => {
  const text = fc.string({ unit: "grapheme" }).filter((value) => !value.includes("\u0000"))
  fc.assert(
    fc.property(text, (value) => {
      expect(paths({ a: value, b: [value, { c: value }] })).toEqual([])
    }),
  )
  expect(paths({ a: 1, b: null, c: true, d: 1.5, e: undefined })).toEqual([])
})

test("text that no store keeps is found where it is", () => {
  expect(paths("\u0000")).toEqual([[]])
  expect(paths({ a: "x\u0000y", b: ["fine", "\ud800", { c: "\udc00x" }] })).toEqual([
    ["a"],
    ["b", "1"],
    ["b", "2", "c"],
  ])
})

test("32 levels are enough for everybody", () => {
  expect(paths(nested(32))).toEqual([])
  expect(unacceptableFields(nested(33))).toEqual([
    { path: Array(32).fill("0"), code: "too_deep", message: "Nested too deep" },
  ])
  expect(paths(JSON.parse("[".repeat(500_000) + "]".repeat(500_000)))).toHaveLength(1)
})
