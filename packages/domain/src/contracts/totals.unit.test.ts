import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { usd } from "../kernel/money.ts"
import { BasketCheckedOut, Checkout } from "./basket-events.ts"
import { checkTotals, type PricedOrder } from "./totals.ts"

const tax = fc.option(fc.record({ amount: fc.nat(100_000).map(usd), included: fc.boolean() }), {
  nil: undefined,
})
const line = fc
  .record({
    quantity: fc.integer({ min: 1, max: 1_000 }),
    unitPrice: fc.nat(1_000_000),
    shares: fc.array(fc.nat(30), { maxLength: 3 }),
    tax,
  })
  .map(({ quantity, unitPrice, shares, tax }) => {
    const price = quantity * unitPrice
    const discounts = shares.map((share) => ({ amount: usd(Math.floor((price * share) / 100)) }))
    const off = discounts.reduce((total, { amount }) => total + amount.amount, 0)
    return { quantity, unitPrice: usd(unitPrice), discounts, tax, total: usd(price - off) }
  })
const shipping = fc.option(fc.record({ price: fc.nat(10_000).map(usd), tax }), { nil: undefined })
const order = fc
  .record({ lines: fc.array(line, { minLength: 1, maxLength: 5 }), shipping })
  .map(({ lines, shipping }): PricedOrder => {
    const add = (amounts: readonly number[]) => amounts.reduce((a, b) => a + b, 0)
    const taxes = [...lines, ...(shipping ? [shipping] : [])].flatMap((part) => part.tax ?? [])
    const added = taxes.filter(({ included }) => !included)
    const subtotal = add(lines.map(({ quantity, unitPrice }) => quantity * unitPrice.amount))
    const total = add(lines.map((one) => one.total.amount))
    return {
      lines,
      shipping,
      subtotal: usd(subtotal),
      discount: usd(subtotal - total),
      tax: usd(add(taxes.map(({ amount }) => amount.amount))),
      total: usd(total + (shipping?.price.amount ?? 0) + add(added.map(({ amount }) => amount.amount))),
    }
  })

test("an order that was added up agrees", () => {
  fc.assert(
    fc.property(order, (one) => {
      expect(checkTotals(one)).toEqual([])
    }),
  )
})

test("a cent more or less anywhere disagrees, and its place is named", () => {
  const places = fc.constantFrom("subtotal", "discount", "tax", "total", "line" as const)
  fc.assert(
    fc.property(order, places, fc.constantFrom(1, -1), (one, place, cent) => {
      const change = (amount: number) => usd(amount + cent)
      const [first, ...others] = one.lines
      const wrong =
        place === "line"
          ? { ...one, lines: [{ ...first, total: change(first?.total.amount ?? 0) }, ...others] }
          : { ...one, [place]: change(one[place as "total"].amount) }
      const path = place === "line" ? ["lines", 0, "total"] : [place]
      expect(checkTotals(wrong as PricedOrder).map((one) => one.path)).toEqual([path])
    }),
  )
})

describe("a checkout", () => {
  const { example } = BasketCheckedOut
  const pathsOf = (checkout: unknown) => Checkout.safeParse(checkout).error?.issues.map(({ path }) => path)

  test("whose discount is in no line is refused", () => {
    const lines = example.lines.map((one) => ({ ...one, discounts: [] }))
    expect(pathsOf({ ...example, lines })).toEqual([["lines", 0, "total"], ["discount"], ["total"]])
  })

  test("without its tax is refused; without any tax it needs none", () => {
    const { tax: _, ...untaxed } = example
    expect(pathsOf(untaxed)).toEqual([["tax"]])
    const lines = example.lines.map(({ tax: _, ...one }) => one)
    expect(pathsOf({ ...untaxed, lines, shipping: { method: "standard", price: usd(4_90) } })).toBeUndefined()
  })

  test("is added up exactly where a number would lose digits", () => {
    const [first] = example.lines
    const lines = [{ ...first, quantity: 1_000_000, unitPrice: usd(Number.MAX_SAFE_INTEGER) }]
    expect(checkTotals({ ...example, lines } as PricedOrder)[0]?.message).toContain("9007199254740990970000")
  })
})

test("amounts of two currencies never add up", () => {
  const { example } = BasketCheckedOut
  const inEuro = {
    ...example,
    total: { amount: example.total.amount, currency: "EUR" },
  } as unknown as PricedOrder
  expect(checkTotals(inEuro)).toEqual([{ path: ["total"], message: "is not in the currency of its parts" }])
})
