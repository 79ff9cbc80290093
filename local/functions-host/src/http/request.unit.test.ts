import { expect, it } from "vitest"
import { nullableQuery, pathSegments } from "./request.ts"

it.each([
  ["/", []],
  ["/api/a", ["api", "a"]],
  ["/api/a/", ["api", "a"]],
  ["/api/a?x=/y", ["api", "a"]],
  ["/api/caf%C3%A9", ["api", "café"]],
  ["/api/a%2Fb%20c", ["api", "a%2Fb c"]],
  ["/api/%zz", ["api", "%zz"]],
  ["/api//a", ["api", "", "a"]],
  ["http://host/api/a", ["api", "a"]],
])("splits %s", (target, expected) => {
  expect(pathSegments(target)).toEqual(expected)
})

it("joins repeated query parameters and keeps empty ones", () => {
  expect(nullableQuery("/x?a=1&a=2&b=&c=a%20b+c")).toEqual({
    a: { value: "1,2" },
    b: { value: "" },
    c: { value: "a b c" },
  })
  expect(nullableQuery("/x")).toEqual({})
})
