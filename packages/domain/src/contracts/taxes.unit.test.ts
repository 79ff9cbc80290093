import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { usd } from "../kernel/money.ts"
import { rateFor, type TaxRate, taxOn } from "./taxes.ts"

const at = new Date("2026-11-01T00:00:00.000Z")
const rate = (thousandths: number, rest: Partial<TaxRate> = {}): TaxRate => ({
  country: "CA",
  taxCategory: "standard",
  rate: thousandths,
  validFrom: "2020-01-01T00:00:00.000Z",
  ...rest,
})

describe("a rate", () => {
  test("of the state wins over the country's, and is nobody else's", () => {
    const rates = [rate(5_000), rate(14_975, { state: "QC" })]
    const of = (state?: string) => rateFor(rates, { taxCategory: "standard", state, at })
    expect([of("QC"), of("AB"), of()]).toEqual([14_975, 5_000, 5_000])
  })

  test("holds from its start to the instant before its end, and is 0 without one", () => {
    const rates = [
      rate(19_000, { validUntil: "2026-11-01T00:00:00.000Z" }),
      rate(16_000, { validFrom: "2026-11-01T00:00:00.000Z" }),
    ]
    const of = (when: number, taxCategory = "standard") =>
      rateFor(rates, { taxCategory, at: new Date(at.getTime() + when) })
    expect([of(-1), of(0), of(0, "books")]).toEqual([19_000, 16_000, 0])
  })
})

describe("the tax of a line", () => {
  test("is taken out of a gross amount and added to a net one", () => {
    expect(taxOn(usd(119_00), 19_000, true)).toEqual({ rate: 19_000, amount: usd(19_00), included: true })
    expect(taxOn(usd(100_00), 19_000, false)).toEqual({ rate: 19_000, amount: usd(19_00), included: false })
  })

  test.each([
    [1_600_00, 19_000, true, 255_46],
    [100_00, 14_975, false, 14_98],
    [10, 5_000, false, 0],
    [30, 5_000, false, 2],
    [50, 5_000, false, 2],
    [70, 5_000, false, 4],
    [10_00, 14_975, false, 1_50],
    [30_00, 14_975, false, 4_49],
  ])(
    "of %d at %d, included: %s, is %d, as the decision record works it out",
    (amount, rate, included, tax) => {
      expect(taxOn(usd(amount), rate, included).amount).toEqual(usd(tax))
    },
  )

  test("is rounded half to even", () => {
    // 5 % of 10, 30, 50 and 70 cents are 0.5, 1.5, 2.5 and 3.5 cents.
    expect([10, 30, 50, 70].map((cents) => taxOn(usd(cents), 5_000, false).amount.amount)).toEqual([
      0, 2, 2, 4,
    ])
  })

  test("that is included never exceeds its amount, and differs by half a cent at most from the exact one", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e12 }),
        fc.integer({ min: 0, max: 100_000 }),
        (cents, percent) => {
          const { amount } = taxOn(usd(cents), percent, true).amount
          expect(amount).toBeLessThanOrEqual(cents)
          const off = BigInt(amount) * BigInt(100_000 + percent) - BigInt(cents) * BigInt(percent)
          expect(2n * (off < 0n ? -off : off) <= BigInt(100_000 + percent)).toBe(true)
        },
      ),
    )
  })
})
