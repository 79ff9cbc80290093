import { expect, test } from "vitest"
import { CouponCode } from "../kernel/ids.ts"
import { CODE_ALPHABET, LONGEST_SERIES, newSuffix, takeApart, uniqueCodeOf } from "./unique-code.ts"

test("a unique code begins with its series and is a coupon code, also of the longest series", () => {
  const series = "S".repeat(LONGEST_SERIES)
  const code = uniqueCodeOf(
    series,
    newSuffix((below) => below - 1),
  )
  expect(code).toBe(`${series}-ZZZZZZZZZZ`)
  expect(CouponCode.parse(code)).toBe(code)
  expect(takeApart(code)).toEqual({ series, suffix: "ZZZZZZZZZZ" })
})

test("no two letters look alike", () => {
  for (const letter of "01ILOUV") expect(CODE_ALPHABET).not.toContain(letter)
  expect(new Set(CODE_ALPHABET).size).toBe(29)
})

test.each(["WELCOME10", "A-2345678", "AB-ABCDEFGHJK", "ABCDEFGHJKMNP"])("%s is of no series", (code) => {
  expect(takeApart(code)).toBeUndefined()
})
