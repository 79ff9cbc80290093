import { describe, expect, test } from "vitest"
import { type Content, contentFrom, draftOf, slugOf } from "./draft.ts"
import { merge, taking } from "./merge.ts"

const base: Content = {
  slug: "lamp",
  name: { en: "Lamp", de: "Lampe" },
  description: { en: "A lamp." },
  brand: "Lumo",
  categories: [],
  attributes: { watts: 7.5, dimmable: true, rooms: ["hall", "attic"], colour: "Black" },
  images: [{ url: "/catalog/images/lamp.svg", width: 600, height: 600, alt: { en: "A lamp" } }],
  variants: [
    {
      ...{ sku: "LAMP-S", options: { size: "S" }, backorder: false },
      quantity: { min: 1, max: 10, step: 1 },
    },
    { sku: "LAMP-L", gtin: "96385074", options: {}, quantity: { min: 2, step: 2 }, backorder: true },
  ],
  status: "draft",
  featured: false,
}

describe("two changes of one product", () => {
  test("of different parts are both kept", () => {
    const mine = { ...base, slug: "my-lamp" }
    const { brand: _, ...theirs } = { ...base, status: "published" as const }
    expect(merge(base, mine, theirs)).toEqual({
      content: { ...theirs, slug: "my-lamp" },
      takenOver: ["brand", "status"],
      conflicts: [],
    })
  })

  test("of the same part are for a person to decide, and nothing of either is lost", () => {
    const mine = { ...base, name: { en: "Mine" }, brand: "Both" }
    const theirs = { ...base, name: { en: "Theirs" }, brand: "Both" }
    const merged = merge(base, mine, theirs)
    expect(merged).toEqual({
      content: mine,
      takenOver: [],
      conflicts: [{ member: "name", mine: { en: "Mine" }, theirs: { en: "Theirs" } }],
    })
    expect(taking(merged.content, theirs, ["name"]).name).toEqual({ en: "Theirs" })
  })

  test("that only write the members of an object in another order are none", () => {
    const theirs = { ...base, name: { de: "Lampe", en: "Lamp" } }
    expect(merge(base, { ...base, slug: "my-lamp" }, theirs)).toMatchObject({ takenOver: [], conflicts: [] })
  })
})

describe("a form", () => {
  test("that nobody changes says what it was made of", () => {
    expect(contentFrom(draftOf(base))).toEqual(base)
  })
  test("leaves out what is empty", () => {
    const draft = { ...draftOf(base), brand: " ", name: { en: "Lamp", de: " " } }
    const { brand: _, ...content } = { ...base, name: { en: "Lamp" } }
    expect(contentFrom(draft)).toEqual(content)
  })
})

test.each([
  ["Café au lait", "cafe-au-lait"],
  ["  Größe XL! ", "grosse-xl"],
  ["iPhone 17 (2026)", "iphone-17-2026"],
])("the address of %j is %j", (name, slug) => {
  expect(slugOf(name)).toBe(slug)
})
