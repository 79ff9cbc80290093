import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { OrderLine } from "../events/basket-events.ts"
import { usd } from "../money.ts"
import { isRefusal, type Refusal } from "../refusal.ts"
import { seedCoupons, seedProducts } from "../seed.ts"
import { type Coupon, CouponCode, Coupon as CouponSchema, checkCoupon, type Quote, quote } from "./coupon.ts"

const ids = seedProducts.map(({ id }) => id)
const percent = (value: number, more: Partial<Coupon> = {}): Coupon => ({
  code: "TEST",
  description: "test",
  reward: { kind: "percent", percent: value },
  ...more,
})
const perUnit = (amount: number): Coupon => ({
  ...percent(1),
  reward: { kind: "amount-per-unit", amount },
})
const lineOf = (productId: string, price: number, quantity: number): OrderLine => ({
  productId,
  name: "Product",
  quantity,
  unitPrice: usd(price),
})

const coupon = fc
  .record({
    reward: fc.oneof(
      fc.record({ kind: fc.constant("percent" as const), percent: fc.integer({ min: 1, max: 100 }) }),
      fc.record({ kind: fc.constant("amount-per-unit" as const), amount: fc.integer({ min: 1 }) }),
    ),
    productIds: fc.option(fc.subarray(ids, { minLength: 1 }), { nil: undefined }),
  })
  .map(({ reward, productIds }): Coupon => ({ ...percent(1), reward, ...(productIds && { productIds }) }))
const lines = fc.array(
  fc
    .record({
      productId: fc.constantFrom(...ids),
      price: fc.integer({ min: 0, max: 1_000_000_000 }),
      quantity: fc.integer({ min: 1, max: 100_000 }),
    })
    .map(({ productId, price, quantity }) => lineOf(productId, price, quantity)),
  { minLength: 1, maxLength: 8 },
)

describe("a quote", () => {
  test("never takes off more than a line costs, touches only the coupon's products, and adds up", () => {
    fc.assert(
      fc.property(coupon, lines, (ofCoupon, ofLines) => {
        const fitting = ofLines.filter(
          ({ productId }) => !ofCoupon.productIds || ofCoupon.productIds.includes(productId),
        )
        const quoted = quote(ofCoupon, ofLines)
        if (fitting.length === 0) {
          expect((quoted as Refusal).code).toBe("coupon.not-applicable")
          return
        }
        const { lines: discounted, discount } = quoted as Quote
        expect(discounted.map(({ productId }) => productId)).toEqual(
          fitting.map(({ productId }) => productId),
        )
        discounted.forEach((line, index) => {
          const { unitPrice, quantity } = fitting[index] as OrderLine
          expect(line.discount.amount).toBeGreaterThanOrEqual(0)
          expect(line.discount.amount).toBeLessThanOrEqual(unitPrice.amount * quantity)
        })
        expect(discount).toEqual(usd(discounted.reduce((total, line) => total + line.discount.amount, 0)))
      }),
    )
  })

  test("rounds percentages down, exactly, also where a number would lose digits", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.nat({ max: Number.MAX_SAFE_INTEGER }),
        (value, price) => {
          const { discount } = quote(percent(value), [lineOf(ids[0] as string, price, 1)]) as Quote
          const exact = BigInt(price) * BigInt(value)
          expect(BigInt(discount.amount) * 100n <= exact).toBe(true)
          expect((BigInt(discount.amount) + 1n) * 100n > exact).toBe(true)
        },
      ),
    )
  })

  test.each([
    [10, 999, 99],
    [10, 9, 0],
    [33, 100, 33],
    [100, 12_345, 12_345],
    [1, 99, 0],
    [1, 100, 1],
  ])("%d %% of %d is %d", (value, price, expected) => {
    expect((quote(percent(value), [lineOf(ids[0] as string, price, 1)]) as Quote).discount).toEqual(
      usd(expected),
    )
  })

  test("takes a fixed amount off every unit, down to nothing", () => {
    const of = (price: number, quantity: number) =>
      (quote(perUnit(150), [lineOf(ids[0] as string, price, quantity)]) as Quote).discount.amount
    expect([of(950, 1), of(950, 3), of(150, 2), of(149, 2), of(0, 1)]).toEqual([150, 450, 300, 298, 0])
  })

  test("asked twice is the same: nothing is subtracted from what was subtracted", () => {
    const ofLines = [lineOf(ids[0] as string, 950_00, 2)]
    const before = structuredClone(ofLines)
    expect(quote(percent(10), ofLines)).toEqual(quote(percent(10), ofLines))
    expect(ofLines).toEqual(before)
  })

  test("of lines beyond what can be counted is refused", () => {
    const quoted = quote(percent(10), [lineOf(ids[0] as string, Number.MAX_SAFE_INTEGER, 2)])
    expect(isRefusal(quoted) && quoted.code).toBe("quote.out-of-range")
  })
})

describe("a coupon may be used", () => {
  const from = "2026-03-01T00:00:00.000Z"
  const until = "2026-04-01T00:00:00.000Z"
  const at = (iso: string, offsetMs: number) => new Date(Date.parse(iso) + offsetMs)
  const codeAt = (now: Date) =>
    checkCoupon(percent(10, { validFrom: from, validUntil: until }), { taken: 0 }, now)?.code

  test("from its first millisecond until before its end", () => {
    expect(codeAt(at(from, -1))).toBe("coupon.not-yet-valid")
    expect(codeAt(at(from, 0))).toBeUndefined()
    expect(codeAt(at(from, 1))).toBeUndefined()
    expect(codeAt(at(until, -1))).toBeUndefined()
    expect(codeAt(at(until, 0))).toBe("coupon.expired")
    expect(codeAt(at(until, 1))).toBe("coupon.expired")
  })

  test("exactly as often as its limit says", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.nat(2_000), (maxRedemptions, taken) => {
        const refused = checkCoupon(percent(10, { maxRedemptions }), { taken }, new Date())
        expect(refused?.code).toBe(taken < maxRedemptions ? undefined : "coupon.exhausted")
      }),
    )
  })

  test("always, without window and limit", () => {
    expect(checkCoupon(percent(10), { taken: 1_000_000 }, new Date())).toBeUndefined()
  })
})

test("codes are compared in upper case, without blanks around them", () => {
  expect(CouponCode.parse(" welcome10 ")).toBe("WELCOME10")
  for (const wrong of ["ab", "A".repeat(33), "a b", "a_b", "ş10", "a'b"])
    expect(CouponCode.safeParse(wrong).success).toBe(false)
})

test("the seeded coupons are the reference system's: 150 off an IPhone X, 100 off a Samsung 10", () => {
  for (const seeded of seedCoupons) expect(CouponSchema.parse(seeded)).toEqual(seeded)
  const both = seedProducts.slice(0, 2).map(({ id, price }) => lineOf(id, price.amount, 1))
  const amounts = seedCoupons.map((seeded) => (quote(seeded, both) as Quote).discount.amount)
  expect(amounts).toEqual([150_00, 100_00, 179_00])
})
