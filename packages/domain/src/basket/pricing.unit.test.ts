import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Price } from "../contracts/prices.ts"
import type { TaxRate } from "../contracts/taxes.ts"
import { checkTotals } from "../contracts/totals.ts"
import type { VariantDetails } from "../contracts/variants.ts"
import { usd } from "../kernel/money.ts"
import { priceLines, totalOf } from "./pricing.ts"
import type { ShippingMethod } from "./shipping.ts"

const productId = "018f0000-0000-7000-8000-000000000001"
const at = new Date("2026-11-01T10:00:00.000Z")
const everybody = { customerGroups: [], at }
const variant = (sku: string, amount: number, more: Partial<VariantDetails> = {}): VariantDetails => ({
  sku,
  productId,
  name: sku,
  options: {},
  price: usd(amount),
  version: 1,
  ...more,
})
const price = (amount: number, more: Partial<Price> = {}): Price => ({
  unitPrice: usd(amount),
  minQuantity: 1,
  taxCategory: "standard",
  includesTax: true,
  ...more,
})
const variantsOf = (...variants: VariantDetails[]) => new Map(variants.map((one) => [one.sku, one]))
const rate = (taxCategory: string, of: number): TaxRate => ({
  country: "DE",
  taxCategory,
  rate: of,
  validFrom: "2020-01-01T00:00:00.000Z",
})
const rates = [rate("standard", 19_000), rate("books", 7_000)]
const standard: ShippingMethod = {
  id: "standard",
  name: { en: "Standard" },
  price: usd(4_90),
  taxCategory: "standard",
  includesTax: true,
  version: 1,
}
const nothing = { lines: [], shipping: [] }

describe("the price of a line", () => {
  const prices = [
    price(100),
    price(90, { minQuantity: 5 }),
    price(80, { customerGroup: "trade" }),
    price(50, { validFrom: "2026-11-02T00:00:00.000Z" }),
  ]
  const priced = (quantity: number, shopper: { customerGroups: string[]; at: Date }) =>
    priceLines([{ sku: "A", quantity }], variantsOf(variant("A", 100, { prices })), shopper).lines[0]

  test.each([
    ["everybody's", 1, [], at, 100],
    ["that of so many", 5, [], at, 90],
    ["that of the group", 1, ["trade"], at, 80],
    ["the lowest of all that apply", 5, ["trade"], at, 80],
    ["another one from its instant on", 1, [], new Date("2026-11-02T00:00:00.000Z"), 50],
  ])("is %s", (_, quantity, customerGroups, when, amount) => {
    expect(priced(quantity, { customerGroups, at: when })?.unitPrice).toEqual(usd(amount))
  })

  test("stands beside what one unit costs everybody", () => {
    expect(priced(5, { customerGroups: ["trade"], at })).toMatchObject({
      unitPrice: usd(80),
      listPrice: usd(100),
    })
  })

  test("of a variant without a price at this instant is none: it is not sold", () => {
    const ended = variant("A", 100, { prices: [price(100, { validUntil: at.toISOString() })] })
    expect(priceLines([{ sku: "A", quantity: 1 }], variantsOf(ended), everybody)).toEqual({
      lines: [],
      subtotal: usd(0),
      notSold: ["A"],
      notCounted: [],
    })
  })
})

test("lines that make the cart uncountable are named; the others are shown, in the cart's order", () => {
  const dear = 2_000_000_000
  const variants = variantsOf(variant("A", dear), variant("B", dear), variant("C", 5))
  const items = ["A", "B", "C"].map((sku) => ({ sku, quantity: 1_000_000 }))
  const { lines, notCounted, subtotal } = priceLines(items, variants, everybody)
  expect(lines.map(({ sku }) => sku)).toEqual(["A", "C"])
  expect([notCounted, subtotal]).toEqual([["B"], usd(2_000_000_005_000_000)])
})

describe("the total", () => {
  const taxation = { rates, at }

  test("of gross prices holds the tax on what the discounts leave, line by line and on the shipping", () => {
    const variants = variantsOf(
      variant("PHONE", 950_00),
      variant("BOOK", 10_00, { prices: [price(10_00, { taxCategory: "books" })] }),
    )
    const priced = priceLines(
      [
        { sku: "PHONE", quantity: 2 },
        { sku: "BOOK", quantity: 1 },
      ],
      variants,
      everybody,
    )
    const quote = {
      lines: [{ sku: "PHONE", couponCode: "IPHONE150", reason: "150 off", amount: usd(300_00) }],
      shipping: [{ reason: "half the shipping", amount: usd(2_45) }],
    }
    const totals = totalOf({ priced, quote, shipping: { method: standard, price: usd(4_90) }, taxation })
    expect(totals).toEqual({
      lines: [
        {
          sku: "PHONE",
          productId,
          name: "PHONE",
          quantity: 2,
          unitPrice: usd(950_00),
          discounts: [{ couponCode: "IPHONE150", reason: "150 off", amount: usd(300_00) }],
          tax: { rate: 19_000, amount: usd(255_46), included: true },
          total: usd(1_600_00),
        },
        {
          sku: "BOOK",
          productId,
          name: "BOOK",
          quantity: 1,
          unitPrice: usd(10_00),
          discounts: [],
          tax: { rate: 7_000, amount: usd(65), included: true },
          total: usd(10_00),
        },
      ],
      subtotal: usd(1_910_00),
      discount: usd(300_00),
      shipping: {
        method: "standard",
        price: usd(2_45),
        discounts: [{ reason: "half the shipping", amount: usd(2_45) }],
        tax: { rate: 19_000, amount: usd(39), included: true },
      },
      tax: usd(256_50),
      total: usd(1_612_45),
    })
  })

  test("of net prices is made of them and their tax", () => {
    const net = variant("A", 100_00, { prices: [price(100_00, { includesTax: false })] })
    const priced = priceLines([{ sku: "A", quantity: 1 }], variantsOf(net), everybody)
    expect(totalOf({ priced, quote: nothing, taxation })).toMatchObject({
      subtotal: usd(100_00),
      tax: usd(19_00),
      total: usd(119_00),
    })
  })

  test("has no tax while it is not known where to, and none of a category without a rate", () => {
    const priced = priceLines([{ sku: "A", quantity: 1 }], variantsOf(variant("A", 100)), everybody)
    expect(totalOf({ priced, quote: nothing })).not.toHaveProperty("tax")
    expect(totalOf({ priced, quote: nothing, taxation: { rates: [], at } })).not.toHaveProperty("tax")
  })

  test("of nothing is nothing, whatever the shipping", () => {
    const priced = priceLines([], new Map(), everybody)
    const shipping = { method: standard, price: usd(4_90) }
    expect(totalOf({ priced, quote: nothing, shipping, taxation })).toEqual({
      lines: [],
      subtotal: usd(0),
      discount: usd(0),
      total: usd(0),
    })
  })

  test("agrees with its parts, whatever the prices, discounts, rates and shipping; nothing costs less than nothing", () => {
    const line = fc.record({
      amount: fc.integer({ min: 1, max: 10_000_000 }),
      quantity: fc.integer({ min: 1, max: 50 }),
      includesTax: fc.boolean(),
      taxCategory: fc.constantFrom("standard", "books", "untaxed"),
    })
    const discount = fc.record({ line: fc.nat(4), amount: fc.nat(100_000_000) })
    const shipping = fc.option(
      fc.record({ amount: fc.nat(5_000), includesTax: fc.boolean(), off: fc.nat(9_000) }),
    )
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 5 }),
        fc.array(discount, { maxLength: 6 }),
        shipping,
        fc.nat(100_000),
        fc.boolean(),
        (lines, discounts, freight, standardRate, isKnown) => {
          const variants = variantsOf(
            ...lines.map(({ amount, includesTax, taxCategory }, index) =>
              variant(`SKU-${index}`, amount, { prices: [price(amount, { includesTax, taxCategory })] }),
            ),
          )
          const items = lines.map(({ quantity }, index) => ({ sku: `SKU-${index}`, quantity }))
          const totals = totalOf({
            priced: priceLines(items, variants, everybody),
            quote: {
              lines: discounts.map((one) => ({
                sku: `SKU-${one.line}`,
                reason: "r",
                amount: usd(one.amount),
              })),
              shipping: freight ? [{ reason: "r", amount: usd(freight.off) }] : [],
            },
            ...(freight && {
              shipping: {
                method: { ...standard, includesTax: freight.includesTax },
                price: usd(freight.amount),
              },
            }),
            ...(isKnown && {
              taxation: { rates: [rate("standard", standardRate), rate("books", 7_000)], at },
            }),
          })
          expect(checkTotals(totals)).toEqual([])
          const amounts = [...totals.lines.map(({ total }) => total), totals.discount, totals.total]
          expect(amounts.every(({ amount }) => amount >= 0)).toBe(true)
        },
      ),
    )
  })
})
