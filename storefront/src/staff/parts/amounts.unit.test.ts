import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readAmount, readDecimal, writeAmount, writeDecimal } from "./amounts.ts"

describe("an amount as it is typed", () => {
  test.each<[typed: string, minor: number | undefined, inGerman?: number]>([
    ["12", 1200],
    ["12.5", 1250],
    [" 12,50 ", 1250],
    ["0.07", 7],
    ["1.15", 115],
    ["4.35", 435],
    ["99999999999.99", 9_999_999_999_999],
    ["", undefined],
    ["-1", undefined],
    ["1e3", undefined],
    [".5", undefined],
    ["12.", undefined],
    ["1.2345", undefined],
    ["1,234,56", undefined],
    ["1 234", undefined],
  ])("%j is %s cents, in English as in German", (typed, minor) => {
    expect([readAmount(typed, "USD", "en-US"), readAmount(typed, "USD", "de-DE")]).toEqual([minor, minor])
  })

  test.each<[typed: string, inEnglish: number | undefined, inGerman: number | undefined]>([
    ["1,234.56", 1_234_56, undefined],
    ["1.234,56", undefined, 1_234_56],
    ["1.234", undefined, 1_234_00],
    ["1,234", 1_234_00, undefined],
    ["1,234,567", 1_234_567_00, undefined],
    ["12.345.678,9", undefined, 12_345_678_90],
  ])("%j has its thousands apart as its language does", (typed, inEnglish, inGerman) => {
    expect([readAmount(typed, "USD", "en-US"), readAmount(typed, "USD", "de-DE")]).toEqual([
      inEnglish,
      inGerman,
    ])
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
    expect([writeDecimal(9_975, 3, "en"), writeDecimal(9_975, 3, "de")]).toEqual(["9.975", "9,975"])
  })

  test("a rate of three digits is never taken for thousands", () => {
    expect([readDecimal("9.975", 3, "de"), readDecimal("9,975", 3, "en")]).toEqual([9_975, 9_975])
  })

  test("is the same after it was written", () => {
    fc.assert(
      fc.property(fc.nat(9_999_999_999_999), fc.constantFrom("en-US", "de-DE"), (amount, locale) => {
        expect(readAmount(writeAmount(amount, "USD", locale), "USD", locale)).toBe(amount)
      }),
    )
  })
})
