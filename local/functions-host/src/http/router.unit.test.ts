import { describe, expect, it } from "vitest"
import type { RegisteredFunction } from "../contract.ts"
import { assertNoConflict, findRoute, httpFunction, orderDifferences, sortRoutes } from "./router.ts"

function fn(name: string, route?: string, methods?: string[], authLevel = "anonymous"): RegisteredFunction {
  const trigger = { name: "req", type: "httpTrigger", direction: "in", route, methods, authLevel } as const
  return { id: name, name, bindings: { req: trigger }, trigger }
}

function table(...functions: RegisteredFunction[]) {
  return sortRoutes(functions.map((each) => httpFunction(each, "api", false)))
}

function serving(routes: ReturnType<typeof table>, method: string, path: string): string | undefined {
  const match = findRoute(routes, method, path.split("/"))
  return match.kind === "found" ? match.target.function.name : undefined
}

describe("the router", () => {
  it("uses the name of a function without a route", () => {
    expect(serving(table(fn("hello")), "GET", "api/hello")).toBe("hello")
  })

  it("prefers literal, then constrained, then free parameter, then catch-all", () => {
    const routes = table(
      fn("a-all", "items/{*rest}"),
      fn("b-free", "items/{id}"),
      fn("c-int", "items/{id:int}"),
      fn("d-literal", "items/new"),
    )
    expect(serving(routes, "GET", "api/items/new")).toBe("d-literal")
    expect(serving(routes, "GET", "api/items/7")).toBe("c-int")
    expect(serving(routes, "GET", "api/items/x")).toBe("b-free")
    expect(serving(routes, "GET", "api/items/x/y")).toBe("a-all")
  })

  it("passes over a function whose methods do not match", () => {
    const routes = table(fn("read", "items", ["GET"]), fn("write", "items", ["POST", "PUT"]))
    expect(serving(routes, "GET", "api/items")).toBe("read")
    expect(serving(routes, "PUT", "api/items")).toBe("write")
    expect(serving(routes, "DELETE", "api/items")).toBeUndefined()
  })

  it("refuses routes that the host keeps for itself, by the beginning of the route", () => {
    expect(() => httpFunction(fn("x", "administrators"), "api", false)).toThrow(
      "The specified route conflicts with one or more built in routes.",
    )
    expect(() => httpFunction(fn("x", "/runtime/x"), "", false)).toThrow(
      "conflicts with one or more built in",
    )
  })

  it("refuses a route that another function has for the same method", () => {
    const first = httpFunction(fn("first", "items", ["GET"]), "api", false)
    expect(() => assertNoConflict(httpFunction(fn("second", "ITEMS"), "api", false), [first])).toThrow(
      "The route specified conflicts with the route defined by function 'first'.",
    )
    expect(() =>
      assertNoConflict(httpFunction(fn("second", "items", ["POST"]), "api", false), [first]),
    ).not.toThrow()
  })

  it("names the pairs that Azure serves in another order", () => {
    expect(orderDifferences(table(fn("a", "items/{id}"), fn("b", "items/new")))).toHaveLength(1)
    expect(orderDifferences(table(fn("b", "items/{id}"), fn("a", "items/new")))).toEqual([])
    expect(orderDifferences(table(fn("a", "items/{id}", ["GET"]), fn("b", "items/new", ["POST"])))).toEqual(
      [],
    )
  })

  it("takes function as the level when none is given and refuses an unknown one", () => {
    const trigger = { name: "req", type: "httpTrigger", direction: "in" } as const
    const bare: RegisteredFunction = { id: "x", name: "x", bindings: { req: trigger }, trigger }
    expect(httpFunction(bare, "api", false).authLevel).toBe("function")
    expect(() => httpFunction(fn("x", "x", undefined, "everyone"), "api", false)).toThrow(
      "not an authorization level",
    )
  })
})
