import fc from "fast-check"
import { expect, test } from "vitest"
import { attributeList, valueList } from "./query-lists.ts"

const escaped = (text: string) => text.replace(/[\\,;:]/g, "\\$&")
const textOf = (attributes: ReadonlyMap<string, readonly string[]>) =>
  [...attributes].map(([name, values]) => `${name}:${values.map(escaped).join(",")}`).join(";")

const value = fc
  .string({
    unit: fc.constantFrom("a", "B", "ü", " ", ",", ";", ":", "\\", "1"),
    minLength: 1,
    maxLength: 12,
  })
  .filter((text) => text === text.trim() && text !== "")
const name = fc.constantFrom("colour", "screen-size", "a1", "noise-cancelling")

test("any value comes back as it was, whatever is in it", () => {
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), (values) => {
      expect(valueList.parse(values.map(escaped).join(","))).toEqual(values)
    }),
  )
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, fc.array(value, { minLength: 1, maxLength: 4 })), {
        minLength: 1,
        selector: ([one]) => one,
      }),
      (entries) => {
        const attributes = new Map(entries)
        expect(attributeList.parse(textOf(attributes))).toEqual(attributes)
      },
    ),
  )
})

test("attributes are read as people write them", () => {
  expect(attributeList.parse("colour: Black , White ;storage:128 GB")).toEqual(
    new Map([
      ["colour", ["Black", "White"]],
      ["storage", ["128 GB"]],
    ]),
  )
  expect(valueList.parse("A, B,,C")).toEqual(["A", "B", "C"])
})

test.each([
  "",
  ";",
  "colour",
  "colour:",
  ":Black",
  "Colour:Black",
  "colour=Black",
  "colour:Black;:",
  "a b:c",
])("%j names no attributes", (text) => {
  expect(attributeList.safeParse(text).success).toBe(false)
})

test("lists are bounded", () => {
  const many = (count: number) => Array.from({ length: count }, (_, place) => `v${place}`)
  expect(valueList.safeParse(many(50).join(",")).success).toBe(true)
  expect(valueList.safeParse(many(51).join(",")).success).toBe(false)
  expect(attributeList.safeParse(`a:${many(51).join(",")}`).success).toBe(false)
  expect(
    attributeList.safeParse(
      many(10)
        .map((one) => `${one}:x`)
        .join(";"),
    ).success,
  ).toBe(true)
  expect(
    attributeList.safeParse(
      many(11)
        .map((one) => `${one}:x`)
        .join(";"),
    ).success,
  ).toBe(false)
})
