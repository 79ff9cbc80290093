import { describe, expect, it } from "vitest"
import { attributesOf, listSearch, toggleAttribute, toggleValue, valuesOf } from "./list-search.ts"

describe("the address of a list", () => {
  it("leaves out what it does not understand", () => {
    const search = {
      q: 360,
      brand: "",
      minPrice: -1,
      maxPrice: 2.5,
      inStock: "yes",
      sort: "cheapest",
      cursor: {},
      x: 1,
    }
    expect(listSearch(search)).toEqual({ q: "360" })
  })

  it("keeps what the list knows, and not the order that it has anyway", () => {
    const search = {
      q: " lamp ",
      category: "home",
      minPrice: 0,
      maxPrice: 999,
      inStock: true,
      sort: "newest",
    }
    expect(listSearch(search)).toEqual({ ...search, q: "lamp" })
    expect(listSearch({ sort: "relevance" })).toEqual({})
  })
})

describe("the values of a filter", () => {
  it("are put in and taken out", () => {
    expect(toggleValue(undefined, "Nimbus")).toBe("Nimbus")
    expect(toggleValue("Nimbus", "Velto")).toBe("Nimbus,Velto")
    expect(toggleValue("Nimbus,Velto", "Nimbus")).toBe("Velto")
    expect(toggleValue("Velto", "Velto")).toBeUndefined()
  })

  it("may hold what separates them", () => {
    const written = toggleValue("Velto", "Salt, Pepper; and: \\")
    expect(valuesOf(written)).toEqual(["Velto", "Salt, Pepper; and: \\"])
  })

  it("belong to attributes", () => {
    const one = toggleAttribute(undefined, "colour", "Black")
    const two = toggleAttribute(one, "storage", "128 GB")
    expect(toggleAttribute(two, "colour", "White")).toBe("colour:Black,White;storage:128 GB")
    expect(toggleAttribute(two, "colour", "Black")).toBe("storage:128 GB")
    expect(toggleAttribute(one, "colour", "Black")).toBeUndefined()
  })

  it("survive odd names of attributes", () => {
    const written = toggleAttribute(undefined, "a:b;c", "1,2")
    expect([...attributesOf(written)]).toEqual([["a:b;c", ["1,2"]]])
  })
})
