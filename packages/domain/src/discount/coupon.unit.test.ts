import fc from "fast-check"
import { describe, expect, test } from "vitest"
import type { Quote, QuoteLine } from "../contracts/quotes.ts"
import { usd } from "../kernel/money.ts"
import { isRefusal } from "../kernel/refusal.ts"
import { seedCoupons, seedProducts } from "../seed.ts"
import { type Coupon, checkCoupon, quote } from "./coupon.ts"

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
/** SKUs are the products' last digits: a product has one variant here. */
const skuOf = (productId: string) => productId.slice(-8).toUpperCase()
const lineOf = (productId: string, price: number, quantity: number): QuoteLine => ({
  sku: skuOf(productId),
  productId,
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
    skus: fc.option(fc.subarray(ids.map(skuOf), { minLength: 1 }), { nil: undefined }),
  })
  .map(({ reward, ...only }): Coupon => ({ ...percent(1), reward, ...only }))
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
        const { productIds, skus } = ofCoupon
        const fitting = ofLines.filter(
          ({ productId, sku }) =>
            (!productIds && !skus) || productIds?.includes(productId) || skus?.includes(sku),
        )
        const quoted = quote(ofCoupon, ofLines)
        if (isRefusal(quoted)) {
          expect(quoted.code).toBe(fitting.length === 0 ? "coupon.not-applicable" : "coupon.no-effect")
          return
        }
        const priceOf = (all: readonly QuoteLine[], sku: string) =>
          all.reduce((sum, line) => sum + (line.sku === sku ? line.unitPrice.amount * line.quantity : 0), 0)
        for (const { sku, amount, couponCode, reason } of quoted.lines) {
          expect({ couponCode, reason }).toEqual({ couponCode: "TEST", reason: "test" })
          expect(amount.amount).toBeGreaterThan(0)
          expect(amount.amount).toBeLessThanOrEqual(priceOf(fitting, sku))
        }
        expect(quoted.discount).toEqual(
          usd(quoted.lines.reduce((total, { amount }) => total + amount.amount, 0)),
        )
      }),
    )
  })

  test("rounds percentages down, exactly, also where a number would lose digits", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.nat({ max: Number.MAX_SAFE_INTEGER }),
        (value, price) => {
          const quoted = quote(percent(value), [lineOf(ids[0] as string, price, 1)])
          const discount = isRefusal(quoted) ? usd(0) : quoted.discount
          const exact = BigInt(price) * BigInt(value)
          expect(BigInt(discount.amount) * 100n <= exact).toBe(true)
          expect((BigInt(discount.amount) + 1n) * 100n > exact).toBe(true)
        },
      ),
    )
  })

  test.each([
    [10, 999, 99],
    [33, 100, 33],
    [100, 12_345, 12_345],
    [1, 100, 1],
  ])("%d %% of %d is %d", (value, price, expected) => {
    expect((quote(percent(value), [lineOf(ids[0] as string, price, 1)]) as Quote).discount).toEqual(
      usd(expected),
    )
  })

  test("takes a fixed amount off every unit, down to nothing", () => {
    const of = (price: number, quantity: number) =>
      (quote(perUnit(150), [lineOf(ids[0] as string, price, quantity)]) as Quote).discount.amount
    expect([of(950, 1), of(950, 3), of(150, 2), of(149, 2)]).toEqual([150, 450, 300, 298])
  })

  test.each([
    [percent(1), 5],
    [percent(10), 9],
    [perUnit(150), 0],
  ])("of a coupon that takes nothing off is refused, so that nobody redeems it", (coupon, price) => {
    const lines = [lineOf(ids[0] as string, price, 1)]
    expect(quote(coupon, lines)).toMatchObject({ code: "coupon.no-effect", kind: "rule" })
  })

  test("is for a product's every variant, or for one", () => {
    const red = { ...lineOf(ids[0] as string, 100, 1), sku: "PHONE-RED" }
    const black = { ...red, sku: "PHONE-BLACK" }
    const skus = (coupon: Coupon) => (quote(coupon, [red, black]) as Quote).lines.map(({ sku }) => sku)
    expect(skus(percent(10, { productIds: [red.productId] }))).toEqual(["PHONE-RED", "PHONE-BLACK"])
    expect(skus(percent(10, { skus: ["PHONE-BLACK"] }))).toEqual(["PHONE-BLACK"])
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

test("the seeded coupons are the reference system's: 150 off an IPhone X, 100 off a Samsung 10", () => {
  const both = seedProducts
    .slice(0, 2)
    .map(({ id, variants }) => lineOf(id, variants[0]?.price.amount ?? 0, 1))
  const amounts = seedCoupons.map((seeded) => (quote(seeded, both) as Quote).discount.amount)
  expect(amounts).toEqual([150_00, 100_00, 179_00])
})
