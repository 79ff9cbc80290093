import { expect, it } from "vitest"
import { constraintCheck } from "./route-constraints.ts"

it.each([
  ["int", ["0", "-5", "2147483647", "+3"], ["2147483648", "1.0", "", "x", "-2147483649"]],
  ["long", ["9223372036854775807"], ["9223372036854775808"]],
  ["bool", ["true", "FALSE"], ["1", "yes"]],
  [
    "guid",
    ["58c49479-ec65-4de2-86e7-033c546291aa", "{58c49479-ec65-4de2-86e7-033c546291aa}"],
    ["58c49479", "58c49479-ec65-4de2-86e7-033c546291ag"],
  ],
  ["alpha", ["abc", "ABC"], ["a1", "a-b"]],
  ["datetime", ["2026-01-31", "2026-01-31T10:00:00Z"], ["soon", "2026-13-41"]],
  ["decimal", ["1", "-1.5", "1,000.5"], ["1e5", "x", ""]],
  ["double", ["1", "-1.5e3", ".5"], ["x", "1.2.3"]],
  ["float", ["1.5"], ["one"]],
  ["length(3)", ["abc"], ["ab", "abcd"]],
  ["length(2,4)", ["ab", "abcd"], ["a", "abcde"]],
  ["minlength(2)", ["ab"], ["a"]],
  ["maxlength(2)", ["ab"], ["abc"]],
  ["min(18)", ["18"], ["17", "x"]],
  ["max(120)", ["120"], ["121"]],
  ["range(18,120)", ["18", "120"], ["17", "121", "x"]],
  ["regex(^a.c$)", ["abc", "ABC"], ["abcd"]],
  ["required", ["x"], [""]],
])("%s", (constraint, accepted, refused) => {
  const check = constraintCheck(constraint)
  expect(accepted.filter((value) => !check(value))).toEqual([])
  expect(refused.filter(check)).toEqual([])
})

it("refuses what is no constraint", () => {
  expect(() => constraintCheck("uuid")).toThrow(
    "The constraint reference 'uuid' could not be resolved to a type.",
  )
  expect(() => constraintCheck("length")).toThrow("could not be resolved")
  expect(() => constraintCheck("range(a,b)")).toThrow("needs whole numbers")
})
