import fc from "fast-check"
import { expect, test } from "vitest"
import { usd } from "../kernel/money.ts"
import { costOf } from "./give-back.ts"
import { submission } from "./testing/given.ts"

const [first] = submission.lines as [(typeof submission.lines)[0]]
const line = (sku: string, quantity: number, cents: number, tax: number) => ({
  ...first,
  sku,
  quantity,
  total: usd(cents),
  tax: { rate: 19_000, amount: usd(tax), included: false },
})

test("units of a line that does not divide evenly cost the odd cents first", () => {
  const order = { ...submission, lines: [line("SKU-A", 3, 10_00, 0)] }
  const cost = (before: number, quantity: number) =>
    costOf(order, before > 0 ? [{ sku: "SKU-A", quantity: before }] : [], [{ sku: "SKU-A", quantity }]).amount
  expect([cost(0, 1), cost(1, 1), cost(2, 1)]).toEqual([3_34, 3_33, 3_33])
  expect([cost(0, 3), cost(1, 2)]).toEqual([10_00, 6_66])
})

test("a tax that is in the price is paid back with it, and one that is not besides", () => {
  const lines = [line("SKU-A", 1, 10_00, 1_90)]
  const cost = (included: boolean) =>
    costOf(
      { ...submission, lines: lines.map((one) => ({ ...one, tax: { ...one.tax, included } })) },
      [],
      [{ sku: "SKU-A", quantity: 1 }],
    )
  expect([cost(true), cost(false)]).toEqual([usd(10_00), usd(11_90)])
})

test("in whatever parts lines go back, also several of one SKU, they make their totals exactly", () => {
  const ordered = fc.array(
    fc.record({
      sku: fc.constantFrom("SKU-A", "SKU-B"),
      quantity: fc.integer({ min: 1, max: 7 }),
      cents: fc.nat(100_00),
      tax: fc.nat(20_00),
    }),
    { minLength: 1, maxLength: 4 },
  )
  fc.assert(
    fc.property(ordered, fc.infiniteStream(fc.integer({ min: 1, max: 3 })), (lines, sizes) => {
      const order = {
        ...submission,
        lines: lines.map(({ sku, quantity, cents, tax }) => line(sku, quantity, cents, tax)),
      }
      const units = lines.flatMap(({ sku, quantity }) => Array.from({ length: quantity }, () => sku))
      const before: { sku: string; quantity: number }[] = []
      let paid = 0
      while (before.length < units.length) {
        const part = units
          .slice(before.length, before.length + (sizes.next().value as number))
          .map((sku) => ({ sku, quantity: 1 }))
        const cost = costOf(order, before, part).amount
        expect(cost).toBeGreaterThanOrEqual(0)
        paid += cost
        before.push(...part)
      }
      expect(paid).toBe(lines.reduce((total, { cents, tax }) => total + cents + tax, 0))
    }),
  )
})
