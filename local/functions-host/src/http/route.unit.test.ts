import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { matchRoute, parseRoute } from "./route.ts"

const match = (template: string, path: string) =>
  matchRoute(parseRoute(template), path === "" ? [] : path.split("/"))

describe("route templates", () => {
  it.each([
    ["products", "products", {}],
    ["products", "PRODUCTS", {}],
    ["products", "product", undefined],
    ["products", "products/1", undefined],
    ["products/{id}", "products/1", { id: "1" }],
    ["products/{id}", "products", undefined],
    ["products/{id?}", "products", {}],
    ["products/{id?}", "products/7", { id: "7" }],
    ["products/{id=5}", "products", { id: "5" }],
    ["products/{id=5}", "products/7", { id: "7" }],
    ["products/{id:int}", "products/x", undefined],
    ["products/{id:int?}", "products", {}],
    ["products/{id:int?}", "products/x", undefined],
    ["products/{id:int=3}", "products", { id: "3" }],
    ["{category:alpha}/{id:int?}", "bikes", { category: "bikes" }],
    ["{category:alpha}/{id:int?}", "bikes/7", { category: "bikes", id: "7" }],
    ["{category:alpha}/{id:int?}", "b1kes/7", undefined],
    ["files/{*path}", "files/a/b/c", { path: "a/b/c" }],
    ["files/{*path}", "files", {}],
    ["files/{**path}", "files/a", { path: "a" }],
    ["files/{*path:minlength(3)}", "files/a", undefined],
    ["files/{*path=index}", "files", { path: "index" }],
    ["files/{name}.{ext}", "files/a.b.txt", { name: "a.b", ext: "txt" }],
    ["files/{name}.{ext?}", "files/readme", { name: "readme" }],
    ["files/{name}.{ext?}", "files/readme.md", { name: "readme", ext: "md" }],
    ["v{version:int}/x", "v2/x", { version: "2" }],
    ["v{version:int}/x", "va/x", undefined],
    ["a{{b}}/{c}", "a{b}/1", { c: "1" }],
    ["{id:regex(^\\d{{3}}$)}", "123", { id: "123" }],
    ["{id:regex(^\\d{{3}}$)}", "1234", undefined],
    ["{id:int:range(1,10)}", "10", { id: "10" }],
    ["{id:int:range(1,10)}", "11", undefined],
    ["{id}", "a%2Fb", { id: "a%2Fb" }],
    ["", "", {}],
    ["", "a", undefined],
  ])("%s with %s gives %j", (template, path, expected) => {
    expect(match(template, path)).toEqual(expected)
  })

  it.each([
    ["a//b", "cannot appear consecutively"],
    ["{id}/{id}", '"id" occurs twice'],
    ["{*all}/b", "catch-all parameter must be the last segment"],
    ["{id", 'missing "}"'],
    ["id}", 'unexpected "}"'],
    ["{id:nonsense}", "could not be resolved"],
    ["{}", "Invalid route parameter"],
  ])("refuses %s", (template, message) => {
    expect(() => parseRoute(template)).toThrow(message)
  })

  it("finds again what was put into a path of literals and parameters", () => {
    const segment = fc.stringMatching(/^[a-z0-9-]{1,8}$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), segment), { minLength: 1, maxLength: 6 }), (parts) => {
        const template = parts.map(([literal, text], index) => (literal ? text : `{p${index}}`)).join("/")
        const expected = Object.fromEntries(
          parts.flatMap(([literal, text], index) => (literal ? [] : [[`p${index}`, text]])),
        )
        expect(match(template, parts.map(([, text]) => text).join("/"))).toEqual(expected)
      }),
    )
  })
})
