import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { type Coupon, type CouponUses, checkCoupon, limitPerCustomer, NewCoupon } from "./coupon.ts"

const coupon = (more: Partial<Coupon> = {}): Coupon => ({
  code: "TEST",
  name: "test",
  enabled: true,
  effect: { kind: "percentage", rate: 10_000 },
  stacking: { sortOrder: 1, combines: false, stops: false },
  uniqueCodes: false,
  version: 1,
  ...more,
})
const unused: CouponUses = { taken: 0, isCodeUsed: false }
const now = new Date("2026-03-15T00:00:00.000Z")
const check = (more: Partial<Coupon>, uses: Partial<CouponUses> = {}) =>
  checkCoupon(coupon(more), { ...unused, ...uses }, now)?.code

describe("a coupon may be used", () => {
  const from = "2026-03-01T00:00:00.000Z"
  const until = "2026-04-01T00:00:00.000Z"
  const at = (iso: string, offsetMs: number) => new Date(Date.parse(iso) + offsetMs)
  const codeAt = (instant: Date) =>
    checkCoupon(coupon({ validFrom: from, validUntil: until }), unused, instant)?.code

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
        expect(check({ maxRedemptions }, { taken })).toBe(
          taken < maxRedemptions ? undefined : "coupon.exhausted",
        )
      }),
    )
  })

  test("by a customer as often as its limit per customer says", () => {
    const uses = (taken: number) => ({ customer: { taken, hasOrdered: false } })
    expect(check({ maxRedemptionsPerCustomer: 2 }, uses(1))).toBeUndefined()
    expect(check({ maxRedemptionsPerCustomer: 2 }, uses(2))).toBe("coupon.customer-exhausted")
  })

  test("for a first order once, by who has not ordered yet", () => {
    const first = { conditions: { firstOrderOnly: true as const }, maxRedemptionsPerCustomer: 5 }
    const by = (taken: number, hasOrdered: boolean) => check(first, { customer: { taken, hasOrdered } })
    expect(limitPerCustomer(coupon(first))).toBe(1)
    expect([by(0, false), by(1, false), by(0, true)]).toEqual([
      undefined,
      "coupon.customer-exhausted",
      "coupon.first-order-only",
    ])
  })

  test("by its unique code once", () => {
    expect(check({ uniqueCodes: true }, { isCodeUsed: true })).toBe("coupon.code-used")
  })

  test("not while it is switched off", () => {
    expect(check({ enabled: false })).toBe("coupon.disabled")
  })

  test("always, without window and limit", () => {
    expect(check({}, { taken: 1_000_000 })).toBeUndefined()
  })
})

test("a new coupon that could never be valid, or leaves no room for its unique codes, is malformed", () => {
  const { version: _, ...wanted } = coupon()
  const paths = (more: object) =>
    NewCoupon.safeParse({ ...wanted, ...more }).error?.issues.map(({ path }) => path.join("."))
  expect(paths({})).toBeUndefined()
  const at = "2026-03-01T00:00:00.000Z"
  expect(paths({ validFrom: at, validUntil: at })).toEqual(["validUntil"])
  expect(paths({ code: "A".repeat(21), uniqueCodes: true })).toBeUndefined()
  expect(paths({ code: "A".repeat(22), uniqueCodes: true })).toEqual(["code"])
  expect(paths({ code: "A".repeat(32) })).toBeUndefined()
})
