import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readAmount, readDecimal, writeAmount, writeDecimal } from "./amounts.ts"

describe("an amount as it is typed", () => {
  test.each<[typed: string, minor: number | undefined]>([
    ["12", 1200],
    ["12.5", 1250],
    [" 12,50 ", 1250],
    ["0.07", 7],
    ["1.15", 115],
    ["4.35", 435],
    ["99999999999.99", 9_999_999_999_999],
    ["", undefined],
    ["-1", undefined],
    ["1.234", undefined],
    ["1,234.56", undefined],
    ["1e3", undefined],
    [".5", undefined],
    ["12.", undefined],
  ])("%j is %s cents", (typed, minor) => {
    expect(readAmount(typed, "USD")).toBe(minor)
  })

  test("has as many digits behind the point as its currency", () => {
    expect([readAmount("12", "JPY"), readAmount("12.5", "JPY")]).toEqual([12, undefined])
    expect([writeAmount(12, "JPY"), writeAmount(7, "USD"), writeAmount(1250, "USD")]).toEqual([
      ...["12", "0.07", "12.50"],
    ])
  })

  test("is read like any decimal number", () => {
    expect([readDecimal("9.975", 3), readDecimal("19", 3), readDecimal("9.9755", 3)]).toEqual([
      ...[9_975, 19_000, undefined],
    ])
    expect(writeDecimal(9_975, 3)).toBe("9.975")
  })

  test("is the same after it was written", () => {
    fc.assert(
      fc.property(fc.nat(9_999_999_999_999), (amount) => {
        expect(readAmount(writeAmount(amount, "USD"), "USD")).toBe(amount)
      }),
    )
  })
})
