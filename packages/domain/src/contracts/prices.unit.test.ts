import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { usd } from "../kernel/money.ts"
import { type Price, priceFor } from "./prices.ts"

const at = new Date("2026-11-01T00:00:00.000Z")
const price = (amount: number, rest: Partial<Price> = {}): Price => ({
  unitPrice: usd(amount),
  minQuantity: 1,
  taxCategory: "standard",
  includesTax: true,
  ...rest,
})
const paid = (prices: Price[], quantity = 1, customerGroups: string[] = [], when = at) =>
  priceFor(prices, { quantity, customerGroups, at: when })?.unitPrice.amount

describe("the price that a customer pays", () => {
  test("is none where no price applies", () => {
    expect(paid([])).toBeUndefined()
    expect(paid([price(100, { minQuantity: 2 })])).toBeUndefined()
    expect(paid([price(100, { customerGroup: "trade" })])).toBeUndefined()
  })

  test("falls with the quantity of the line", () => {
    const prices = [price(100), price(90, { minQuantity: 10 })]
    expect([paid(prices, 9), paid(prices, 10)]).toEqual([100, 90])
  })

  test("of a group is for its customers alone", () => {
    const prices = [price(100), price(80, { customerGroup: "trade" })]
    expect([paid(prices), paid(prices, 1, ["trade"]), paid(prices, 1, ["staff"])]).toEqual([100, 80, 100])
  })

  test("holds from its first millisecond to the last before its end", () => {
    const sale = price(70, { validFrom: "2026-11-01T00:00:00.000Z", validUntil: "2026-11-02T00:00:00.000Z" })
    const when = (time: string) => paid([price(100), sale], 1, [], new Date(time))
    expect(when("2026-10-31T23:59:59.999Z")).toBe(100)
    expect(when("2026-11-01T00:00:00.000Z")).toBe(70)
    expect(when("2026-11-01T23:59:59.999Z")).toBe(70)
    expect(when("2026-11-02T00:00:00.000Z")).toBe(100)
  })

  test("never rises when another price is added, nor depends on their order", () => {
    const prices = fc.array(
      fc.integer({ min: 0, max: 1_000 }).map((amount) => price(amount)),
      { minLength: 1 },
    )
    fc.assert(
      fc.property(prices, fc.integer({ min: 0, max: 1_000 }), (some, more) => {
        const before = paid(some) as number
        expect(paid([...some].reverse())).toBe(before)
        expect(paid([...some, price(more)])).toBe(Math.min(before, more))
      }),
    )
  })
})
