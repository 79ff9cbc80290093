import fc from "fast-check"
import { expect, test } from "vitest"
import * as z from "zod"
import { CursorInstant, cursorOf } from "./cursor.ts"
import { pageSize, wholeNumber } from "./query.ts"

const orders = cursorOf("orders", z.tuple([CursorInstant, z.string().max(100)]))
const numbers = cursorOf("numbers", z.int().min(0).max(1_000))

test("a cursor comes back as the position that it was made of, whatever the text", () => {
  const instant = fc
    .date({ min: new Date("1900-01-01"), max: new Date("2199-12-31"), noInvalidDate: true })
    .map((date) => date.toISOString())
  fc.assert(
    fc.property(instant, fc.string({ unit: "grapheme", maxLength: 20 }), (at, name) => {
      expect(orders.schema.parse(orders.encode([at, name]))).toEqual([at, name])
    }),
  )
})

test("no other text is a cursor", () => {
  const ofAnotherMaking = fc.json().map((json) => Buffer.from(json).toString("base64url"))
  fc.assert(
    fc.property(fc.oneof(fc.string(), ofAnotherMaking), (text) => {
      expect(numbers.schema.safeParse(text).success).toBe(false)
    }),
  )
})

test.each([
  ["of another list", orders.encode(["2026-01-01T00:00:00Z", "a"])],
  ["out of bounds", numbers.encode(1_001)],
  ["too long", "a".repeat(4_097)],
  ["with padding", `${numbers.encode(1)}=`],
  ["empty", ""],
])("a cursor %s is refused", (_, text) => {
  expect(numbers.schema.safeParse(text).success).toBe(false)
})

test("a cursor of a year that no store knows is refused", () => {
  expect(orders.schema.safeParse(orders.encode(["0000-01-01T00:00:00Z", "a"])).success).toBe(false)
})

test("a number in a query is its decimal digits and nothing else", () => {
  const schema = wholeNumber({ min: -1_000_000, max: 1_000_000 })
  fc.assert(
    fc.property(fc.integer({ min: -2_000_000, max: 2_000_000 }), (n) => {
      expect(schema.safeParse(String(n))).toMatchObject(
        Math.abs(n) <= 1_000_000 ? { success: true, data: n } : { success: false },
      )
    }),
  )
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { success, data } = schema.safeParse(text)
      expect(success).toBe(
        String(Number(text)) === text &&
          Number.isInteger(Number(text)) &&
          Math.abs(Number(text)) <= 1_000_000,
      )
      if (success) expect(String(data)).toBe(text)
    }),
  )
  for (const wrong of ["0x10", "1e1", "+5", " 5", "5 ", "", "-0", "05", "5.0", "٥", "1n"])
    expect(schema.safeParse(wrong).success).toBe(false)
})

test("a page has 20 entries unless the client asks for others, up to 100", () => {
  expect(pageSize.parse(undefined)).toBe(20)
  expect(["1", "100", "0", "101"].map((text) => pageSize.safeParse(text).success)).toEqual([
    true,
    true,
    false,
    false,
  ])
})
