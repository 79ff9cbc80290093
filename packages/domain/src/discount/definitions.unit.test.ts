import { expect, test } from "vitest"
import { isRefusal } from "../kernel/refusal.ts"
import type { CouponTerms } from "./coupon.ts"
import { createCoupon, createPromotion, updateCoupon, updatePromotion } from "./definitions.ts"
import type { PromotionTerms } from "./promotion.ts"

const terms: PromotionTerms = {
  name: "Sale",
  enabled: true,
  effect: { kind: "percentage", rate: 10_000 },
  stacking: { sortOrder: 1, combines: false, stops: false },
}
const couponTerms: CouponTerms = { ...terms, uniqueCodes: false }
const promotion = { ...terms, id: "018f0000-0000-7000-8000-0000000000d1", version: 3 }
const coupon = { ...couponTerms, code: "SALE", version: 3 }
const codeOf = (answer: unknown) => (isRefusal(answer) ? (answer as { code: string }).code : answer)
const isNewest = (version: number) => version !== 3
const there = <T>(stored: T) => ({ stored, isDeleted: false })
const nothing = { isDeleted: false }
const held = { holder: { name: "Other" } }

test("a definition begins with version 1, and every change counts one more", () => {
  const { version: _, ...wanted } = coupon
  expect(createCoupon(nothing, wanted)).toEqual({ next: { ...coupon, version: 1 } })
  expect(updateCoupon(there(coupon), { ...couponTerms, enabled: false }, isNewest)).toEqual({
    next: { ...coupon, enabled: false, version: 4 },
  })
  expect(updatePromotion(there(promotion), { ...terms, name: "New" }, isNewest)).toEqual({
    next: { ...promotion, name: "New", version: 4 },
  })
})

test("said again it is no change", () => {
  const { version: _, ...wanted } = coupon
  expect(createCoupon(there({ ...coupon, version: 1 }), wanted)).toBe("no-change")
  expect(updateCoupon(there(coupon), couponTerms, isNewest)).toBe("no-change")
  expect(updatePromotion(there(promotion), terms, isNewest)).toBe("no-change")
  expect(createPromotion(there(promotion), promotion)).toBe("no-change")
})

test("a code is used once, whatever became of its coupon", () => {
  const { version: _, ...wanted } = coupon
  expect(codeOf(createCoupon(there(coupon), wanted))).toBe("coupon.exists")
  expect(codeOf(createCoupon({ isDeleted: true }, wanted))).toBe("coupon.exists")
})

test("what has changed since it was read is not changed again, and what is not there is unknown", () => {
  const isStale = () => true
  expect(codeOf(updateCoupon(there(coupon), couponTerms, isStale))).toBe("rule.stale")
  expect(codeOf(updatePromotion(there(promotion), terms, isStale))).toBe("rule.stale")
  expect(codeOf(updateCoupon(nothing, couponTerms, isStale))).toBe("coupon.unknown")
  expect(codeOf(updatePromotion(nothing, terms, isStale))).toBe("promotion.unknown")
})

test("no two rules have one sort order", () => {
  const { version: _, ...wanted } = coupon
  const other = { ...terms, stacking: { ...terms.stacking, sortOrder: 2 } }
  expect(createCoupon({ ...nothing, ...held }, wanted)).toMatchObject({
    code: "rule.sort-order-taken",
    data: { by: "Other" },
  })
  expect(codeOf(createPromotion({ ...nothing, ...held }, promotion))).toBe("rule.sort-order-taken")
  expect(codeOf(updatePromotion({ ...there(promotion), ...held }, other, isNewest))).toBe(
    "rule.sort-order-taken",
  )
  expect(codeOf(updateCoupon({ ...there(coupon), ...held }, { ...couponTerms, ...other }, isNewest))).toBe(
    "rule.sort-order-taken",
  )
})

test("a coupon that nobody counted gets no limit, and none gets or loses unique codes; a limit may move or go", () => {
  const limited = { ...coupon, maxRedemptions: 10 }
  expect(codeOf(updateCoupon(there(coupon), { ...couponTerms, maxRedemptions: 5 }, isNewest))).toBe(
    "coupon.limit-fixed",
  )
  expect(codeOf(updateCoupon(there(coupon), { ...couponTerms, uniqueCodes: true }, isNewest))).toBe(
    "coupon.codes-fixed",
  )
  expect(updateCoupon(there(limited), { ...couponTerms, maxRedemptions: 5 }, isNewest)).toEqual({
    next: { ...limited, maxRedemptions: 5, version: 4 },
  })
  expect(updateCoupon(there(limited), couponTerms, isNewest)).toEqual({ next: { ...coupon, version: 4 } })
})
