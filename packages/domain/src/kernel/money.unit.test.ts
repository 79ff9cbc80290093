import fc from "fast-check"
import { expect, test } from "vitest"
import { isCountable, Money, minusToZero, partOf, sameMoney, sum, times, usd } from "./money.ts"

const amount = fc.integer({ min: 0, max: 1_000_000_000 })

test("amounts are whole minor units, never negative, and as exact as a JSON number", () => {
  for (const wrong of [0.1, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, "1"])
    expect(Money.safeParse({ amount: wrong, currency: "USD" }).success).toBe(false)
  expect(Money.parse({ amount: Number.MAX_SAFE_INTEGER, currency: "USD" })).toEqual(
    usd(Number.MAX_SAFE_INTEGER),
  )
  expect(Money.safeParse({ amount: 1, currency: "EUR" }).success).toBe(false)
})

test("a sum is that of the amounts, in whatever order", () => {
  fc.assert(
    fc.property(fc.array(amount), (amounts) => {
      const expected = usd(amounts.reduce((a, b) => a + b, 0))
      expect(sum("USD", amounts.map(usd))).toEqual(expected)
      expect(sum("USD", amounts.toReversed().map(usd))).toEqual(expected)
    }),
  )
})

test("n times a price is the sum of n prices", () => {
  fc.assert(
    fc.property(amount, fc.integer({ min: 1, max: 50 }), (price, quantity) => {
      expect(times(usd(price), quantity)).toEqual(sum("USD", Array(quantity).fill(usd(price))))
    }),
  )
})

test("what does not fit is an error, never a wrong amount", () => {
  expect(() => times(usd(Number.MAX_SAFE_INTEGER), 2)).toThrow(RangeError)
  expect(() => sum("USD", [usd(Number.MAX_SAFE_INTEGER), usd(1)])).toThrow(RangeError)
})

test("whether lines can be counted is told exactly at the border", () => {
  const line = (unit: number, quantity: number) => ({ unitPrice: usd(unit), quantity })
  expect(isCountable([])).toBe(true)
  expect(isCountable([line(Number.MAX_SAFE_INTEGER, 1)])).toBe(true)
  expect(isCountable([line(Number.MAX_SAFE_INTEGER - 1, 1), line(1, 1)])).toBe(true)
  expect(isCountable([line(Number.MAX_SAFE_INTEGER, 1), line(1, 1)])).toBe(false)
  expect(isCountable([line(Number.MAX_SAFE_INTEGER, 1_000_000)])).toBe(false)
})

test("lines that can be counted are counted without an error", () => {
  const line = fc.record({
    unitPrice: fc.nat({ max: Number.MAX_SAFE_INTEGER }).map(usd),
    quantity: fc.integer({ min: 1, max: 1_000_000 }),
  })
  fc.assert(
    fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
      fc.pre(isCountable(lines))
      const prices = lines.map(({ unitPrice, quantity }) => times(unitPrice, quantity))
      expect(sum("USD", prices).amount).toBeLessThanOrEqual(Number.MAX_SAFE_INTEGER)
    }),
  )
})

test("a discount takes a price to zero at the most", () => {
  fc.assert(
    fc.property(amount, amount, (price, discount) => {
      expect(minusToZero(usd(price), usd(discount)).amount).toBe(price > discount ? price - discount : 0)
    }),
  )
})

test("money is the same by amount and currency", () => {
  expect([sameMoney(usd(1), usd(1)), sameMoney(usd(1), usd(2))]).toEqual([true, false])
})

test("a part is rounded half to even, and exactly", () => {
  expect([1, 3, 5, 7].map((cents) => partOf(usd(cents), 1, 2).amount)).toEqual([0, 2, 2, 4])
  expect(partOf(usd(Number.MAX_SAFE_INTEGER), 1, 1)).toEqual(usd(Number.MAX_SAFE_INTEGER))
  expect(partOf(usd(10), 1, 3)).toEqual(usd(3))
  expect(partOf(usd(20), 1, 3)).toEqual(usd(7))
})

test("the parts of an amount differ from it by less than a cent each", () => {
  fc.assert(
    fc.property(amount, fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1 }), (cents, weights) => {
      const all = weights.reduce((a, b) => a + b)
      const parts = weights.map((weight) => partOf(usd(cents), weight, all).amount)
      expect(Math.abs(parts.reduce((a, b) => a + b) - cents)).toBeLessThan(weights.length)
    }),
  )
})
