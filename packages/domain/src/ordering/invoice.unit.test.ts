import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Money, usd } from "../kernel/money.ts"
import { invoiceOf, openAmount, placeInSeries, type TaxGroup } from "./invoice.ts"
import type { PaidOrder } from "./order.ts"
import { replay } from "./order.ts"
import { streamOf, toPaid } from "./testing/given.ts"

const paid = replay(streamOf(...toPaid)) as PaidOrder
type Line = PaidOrder["lines"][number]

/** An order of these lines, of which these amounts went back. */
function orderOf(
  lines: readonly Partial<Line>[],
  refunds: readonly number[] = [],
  more: Partial<PaidOrder> = {},
) {
  const of = lines.map((line) => ({ ...(paid.lines[0] as Line), ...line }))
  const added = (tax: Line["tax"]) => (tax && !tax.included ? tax.amount.amount : 0)
  const total = of.reduce(
    (sum, line) => sum + line.total.amount + added(line.tax),
    more.shipping?.price.amount ?? 0,
  )
  return {
    ...paid,
    lines: of,
    total: usd(total),
    payment: {
      ...paid.payment,
      captured: usd(total),
      refunds: refunds.map((amount, index) => ({
        refundId: `018f0000-0000-7000-8000-00000000000${index}`,
        amount: usd(amount),
        reason: "customer.withdrew",
        requestedAt: paid.changedAt,
        status: "settled" as const,
        settledAt: paid.changedAt,
      })),
    },
    ...more,
  } as PaidOrder
}
const included = (gross: number, rate: number): Partial<Line> => ({
  total: usd(gross),
  tax: { rate, amount: usd(Math.round((gross * rate) / (100_000 + rate))), included: true },
})
const onTop = (net: number, rate: number): Partial<Line> => ({
  total: usd(net),
  tax: { rate, amount: usd(Math.round((net * rate) / 100_000)), included: false },
})
const amounts = (groups: readonly TaxGroup[]) =>
  groups.map(({ rate, net, tax, gross }) => [rate, net.amount, tax.amount, gross.amount])

test("the place in a series has six digits, and more where they do not suffice", () => {
  expect([placeInSeries(2026, 17), placeInSeries(2027, 1_234_567)]).toEqual(["2026-000017", "2027-1234567"])
})

describe("an invoice", () => {
  test("has a number of its year's series, and the taxes by rate, the highest first", () => {
    const order = orderOf([included(11_900, 19_000), included(10_700, 7_000), included(1_190, 19_000)], [], {
      shipping: {
        method: "standard",
        price: usd(119),
        tax: { rate: 19_000, amount: usd(19), included: true },
      },
    })
    const { number, taxes, creditNotes } = invoiceOf(order)
    expect(number).toBe("INV-2026-000001")
    expect(amounts(taxes)).toEqual([
      [19_000, 11_100, 2_109, 13_209],
      [7_000, 10_000, 700, 10_700],
    ])
    expect(creditNotes).toEqual([])
  })

  test("counts a tax that comes on top into the gross amount, and says where there is none", () => {
    expect(amounts(invoiceOf(orderOf([onTop(10_000, 8_250), { total: usd(500) }])).taxes)).toEqual([
      [8_250, 10_000, 825, 10_825],
      [undefined, 500, 0, 500],
    ])
  })

  test("is corrected by a credit note for each refund that was settled, numbered as they were asked for", () => {
    const order = orderOf([included(11_900, 19_000)], [1_190, 5_950])
    const [first] = order.payment.refunds
    const waiting = { ...(first as object), status: "requested" } as (typeof order.payment.refunds)[number]
    const { creditNotes } = invoiceOf({
      ...order,
      payment: { ...order.payment, refunds: [waiting, ...order.payment.refunds] },
    })
    expect(creditNotes.map(({ number, amount }) => [number.slice(-2), amount.amount])).toEqual([
      ["-2", 1_190],
      ["-3", 5_950],
    ])
    expect(creditNotes.map(({ taxes }) => amounts(taxes))).toEqual([
      [[19_000, 1_000, 190, 1_190]],
      [[19_000, 5_000, 950, 5_950]],
    ])
    expect(openAmount(order, invoiceOf(order))).toEqual(usd(11_900 - 7_140))
  })

  test("is taken back to the cent, rate by rate, once everything went back, in whatever parts", () => {
    const line = fc.tuple(
      fc.integer({ min: 1, max: 100_000 }),
      fc.constantFrom(0, 5_000, 7_000, 19_000, 8_875),
      fc.boolean(),
    )
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(1_000), { maxLength: 5 }),
        (lines, parts) => {
          const content = lines.map(([amount, rate, isIncluded]) =>
            (isIncluded ? included : onTop)(amount, rate),
          )
          const total = orderOf(content).total.amount
          let left = total
          const refunds = parts.map((part) => {
            const refund = Math.floor((left * part) / 1_000)
            left -= refund
            return refund
          })
          const order = orderOf(
            content,
            [...refunds, left].filter((amount) => amount > 0),
          )
          const { taxes, creditNotes } = invoiceOf(order)
          const credited = creditNotes.flatMap((note) => {
            const sum = note.taxes.reduce((all, { gross }) => all + gross.amount, 0)
            expect(sum).toBe(note.amount.amount)
            return note.taxes
          })
          for (const { net, tax, gross } of [...taxes, ...credited]) {
            expect(net.amount + tax.amount).toBe(gross.amount)
            expect(Math.min(net.amount, tax.amount)).toBeGreaterThanOrEqual(0)
          }
          const back = (rate: number | undefined, of: (group: TaxGroup) => Money) =>
            credited.filter((group) => group.rate === rate).reduce((all, group) => all + of(group).amount, 0)
          for (const { rate, tax, gross } of taxes) {
            expect(back(rate, (group) => group.gross)).toBe(gross.amount)
            expect(back(rate, (group) => group.tax)).toBe(tax.amount)
          }
          expect(openAmount(order, invoiceOf(order)).amount).toBe(0)
        },
      ),
    )
  })
})
