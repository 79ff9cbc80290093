import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Money, usd } from "../kernel/money.ts"
import { invoiceOf, openAmount, placeInSeries, type TaxGroup } from "./invoice.ts"
import type { PaidOrder } from "./order.ts"
import { replay } from "./order.ts"
import {
  decide,
  fail,
  id1,
  id2,
  refund,
  refund1,
  refund2,
  type Said,
  settle,
  streamOf,
  toPaid,
} from "./testing/given.ts"

const paid = replay(streamOf(...toPaid)) as PaidOrder
type Line = PaidOrder["lines"][number]

const refundId = (index: number) => `018f0000-0000-7000-8000-${String(index).padStart(12, "0")}`
const madeAt = paid.changedAt
/** Money that went back, or the refund at this place that came back from the bank. */
type Correction = number | { readonly cameBack: number }

const correctionsOf = (corrections: readonly Correction[]): PaidOrder["payment"]["corrections"] =>
  corrections.map((correction, index) => {
    const isNote = typeof correction === "number"
    const of = isNote ? index : correction.cameBack
    const amount = usd(corrections[of] as number)
    const type = isNote ? "credit-note" : "cancellation"
    return { type, refundId: refundId(of), amount, reason: "customer.withdrew", madeAt }
  })

/** An order of these lines, and what corrects its invoice. */
function orderOf(
  lines: readonly Partial<Line>[],
  corrections: readonly Correction[] = [],
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
    payment: { ...paid.payment, captured: usd(total), corrections: correctionsOf(corrections) },
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
    const { number, taxes, corrections } = invoiceOf(order)
    expect(number).toBe("INV-2026-000001")
    expect(amounts(taxes)).toEqual([
      [19_000, 11_100, 2_109, 13_209],
      [7_000, 10_000, 700, 10_700],
    ])
    expect(corrections).toEqual([])
  })

  test("counts a tax that comes on top into the gross amount, and says where there is none", () => {
    expect(amounts(invoiceOf(orderOf([onTop(10_000, 8_250), { total: usd(500) }])).taxes)).toEqual([
      [8_250, 10_000, 825, 10_825],
      [undefined, 500, 0, 500],
    ])
  })

  test("is corrected by a credit note for each refund that has succeeded, without a gap where one failed", () => {
    const order = replay(
      streamOf(
        ...toPaid,
        refund(refund1, 10_00),
        refund(refund2, 5_00),
        fail(refund1),
        settle(refund2),
        ["noteProviderRefund", { refundId: id1, providerRefundId: "re_9", amount: usd(1_00) }],
        refund(id2, 2_00),
      ),
    ) as PaidOrder
    const { corrections } = invoiceOf(order)
    expect(corrections.map(({ number, amount, cancels }) => [number, amount.amount, cancels])).toEqual([
      ["CN-2026-000001-1", 5_00, undefined],
      ["CN-2026-000001-2", 1_00, undefined],
    ])
    expect(openAmount(order, invoiceOf(order))).toEqual(usd(24_00))
  })

  test("is charged again by a note's cancellation, with the same taxes, when the bank sends the refund back", () => {
    const order = orderOf([included(11_900, 19_000), included(10_700, 7_000)], [5_000, 300, { cameBack: 0 }])
    const { corrections } = invoiceOf(order)
    expect(corrections.map(({ number, cancels }) => [number, cancels])).toEqual([
      ["CN-2026-000001-1", undefined],
      ["CN-2026-000001-2", undefined],
      ["CN-2026-000001-3", "CN-2026-000001-1"],
    ])
    expect(corrections[2]?.taxes).toEqual(corrections[0]?.taxes)
    expect(openAmount(order, invoiceOf(order))).toEqual(usd(22_600 - 300))
  })

  test("a refund that failed before it had succeeded has no document, and one that fails twice has one cancellation", () => {
    const said = [...toPaid, refund(refund1, 10_00), settle(refund1), fail(refund1)]
    const documents = (...more: Said[]) =>
      invoiceOf(replay(streamOf(...more)) as PaidOrder).corrections.map(({ number, cancels }) => [
        number,
        cancels,
      ])
    expect(documents(...toPaid, refund(refund1, 10_00), fail(refund1))).toEqual([])
    const both = [
      ["CN-2026-000001-1", undefined],
      ["CN-2026-000001-2", "CN-2026-000001-1"],
    ]
    expect(documents(...said, fail(refund1))).toEqual(both)
    expect(documents(...said, refund(refund2, 10_00), settle(refund2))).toEqual([
      ...both,
      ["CN-2026-000001-3", undefined],
    ])
  })

  test("whatever succeeds, fails and comes back: numbers without a gap, and no document changes later", () => {
    const step = fc.constantFrom<[Said[0], number]>(
      ...[0, 1, 2, 3].flatMap((id): [Said[0], number][] => [
        ["requestRefund", id],
        ["settleRefund", id],
        ["failRefund", id],
        ["noteProviderRefund", id],
      ]),
    )
    const says = ([name, id]: [Said[0], number]): Said => {
      const [amount, of] = [usd(3_33 + id), refundId(id)]
      if (name === "requestRefund") return [name, { refundId: of, amount, reason: "goodwill" }]
      if (name === "settleRefund") return [name, { refundId: of, providerRefundId: `re_${id}` }]
      if (name === "failRefund") return [name, { refundId: of, code: "lost" }]
      return ["noteProviderRefund", { refundId: refundId(id + 10), providerRefundId: `re_1${id}`, amount }]
    }
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        let stream = streamOf(...toPaid)
        let before: ReturnType<typeof invoiceOf>["corrections"] = []
        for (const said of steps.map(says)) {
          const decided = decide(replay(stream), said)
          if (!Array.isArray(decided)) continue
          stream = [...stream, ...decided]
          const order = replay(stream) as PaidOrder
          const { corrections } = invoiceOf(order)
          expect(corrections.slice(0, before.length)).toEqual(before)
          expect(corrections.map(({ number }) => number)).toEqual(
            corrections.map((_, index) => `CN-2026-000001-${index + 1}`),
          )
          const settled = order.payment.refunds.filter(({ status }) => status === "settled")
          const back = settled.reduce((sum, { amount }) => sum + amount.amount, 0)
          expect(openAmount(order, invoiceOf(order)).amount).toBe(30_00 - back)
          before = corrections
        }
      }),
    )
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
        fc.nat(1_000),
        (lines, parts, cameBack) => {
          const content = lines.map(([amount, rate, isIncluded]) =>
            (isIncluded ? included : onTop)(amount, rate),
          )
          const total = orderOf(content).total.amount
          // One comes back from the bank before the others are given.
          const first = Math.max(Math.floor((total * cameBack) / 1_000), 1)
          let left = total
          const refunds = parts.map((part) => {
            const refund = Math.floor((left * part) / 1_000)
            left -= refund
            return refund
          })
          const order = orderOf(content, [
            first,
            { cameBack: 0 },
            ...[...refunds, left].filter((amount) => amount > 0),
          ])
          const { taxes, corrections } = invoiceOf(order)
          const credited = corrections.slice(2).flatMap((note) => {
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
