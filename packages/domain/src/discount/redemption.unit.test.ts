import fc from "fast-check"
import { expect, test } from "vitest"
import type { Redemption } from "../contracts/redemptions.ts"
import { isRefusal, type Refusal } from "../kernel/refusal.ts"
import type { Coupon } from "./coupon.ts"
import {
  confirmRedemption,
  counts,
  reconcileRedemption,
  redemptionOtherCoupon,
  releaseRedemption,
  reserveRedemption,
} from "./redemption.ts"

const coupon: Coupon = {
  code: "TEST",
  name: "test",
  enabled: true,
  effect: { kind: "percentage", rate: 10_000 },
  stacking: { sortOrder: 1, combines: false, stops: false },
  uniqueCodes: false,
  maxRedemptions: 3,
  version: 1,
}
const now = new Date("2026-01-01T00:00:00Z")
const wanted = { orderId: "order", couponCode: "TEST" }
const reserve = (existing: Redemption | undefined, taken = 0) =>
  reserveRedemption(existing, wanted, coupon, { taken, isCodeUsed: false }, now)

test("a reservation takes a use, if one is left", () => {
  expect(reserve(undefined, 2)).toEqual({ ...wanted, status: "reserved" })
  expect((reserve(undefined, 3) as Refusal).code).toBe("coupon.exhausted")
})

test("a limit per customer needs one", () => {
  const limited = { ...coupon, maxRedemptionsPerCustomer: 1 }
  const uses = { taken: 0, isCodeUsed: false }
  expect(reserveRedemption(undefined, wanted, limited, uses, now)).toMatchObject({
    code: "coupon.needs-customer",
  })
  const customer = { taken: 0, hasOrdered: false }
  expect(reserveRedemption(undefined, wanted, limited, { ...uses, customer }, now)).toEqual({
    ...wanted,
    status: "reserved",
  })
})

test("every step done twice is the step done once, and gives the very redemption back", () => {
  const reserved = reserve(undefined) as Redemption
  expect(reserve(reserved, 3)).toBe(reserved)
  const confirmed = confirmRedemption(reserved) as Redemption
  expect(confirmed.status).toBe("confirmed")
  expect(confirmRedemption(confirmed)).toBe(confirmed)
  expect(reserve(confirmed, 3)).toBe(confirmed)
  const released = releaseRedemption(confirmed, wanted)
  expect(released.status).toBe("released")
  expect(releaseRedemption(released, wanted)).toBe(released)
})

test("what was given back stays given back", () => {
  const released = releaseRedemption(undefined, wanted)
  expect(released).toEqual({ ...wanted, status: "released" })
  expect((reserve(released) as Refusal).code).toBe("redemption.released")
  expect((confirmRedemption(released) as Refusal).code).toBe("redemption.released")
})

test("what was never reserved cannot be confirmed", () => {
  expect(confirmRedemption(undefined)).toMatchObject({ kind: "not-found", code: "redemption.unknown" })
  expect(redemptionOtherCoupon()).toMatchObject({ kind: "conflict", code: "redemption.other-coupon" })
})

test("what is known elsewhere is taken over in any order and any number, and takes nothing back", () => {
  const statuses = ["reserved", "confirmed", "released"] as const
  const known = fc.constantFrom(...statuses).map((status): Redemption => ({ ...wanted, status }))
  fc.assert(
    fc.property(fc.array(known, { minLength: 1, maxLength: 6 }), (all) => {
      const furthest = Math.max(...all.map(({ status }) => statuses.indexOf(status)))
      const result = all.reduce<Redemption | undefined>(reconcileRedemption, undefined)
      expect(result).toEqual({ ...wanted, status: statuses[furthest] })
      for (const again of all) expect(reconcileRedemption(result, again)).toBe(result)
    }),
  )
})

test("in every order of steps of many orders the count stays within the limit and is what is reserved", () => {
  const step = fc.record({
    order: fc.nat(5),
    action: fc.constantFrom("reserve" as const, "confirm" as const, "release" as const),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const redemptions = new Map<number, Redemption>()
      const taken = () => [...redemptions.values()].filter(({ status }) => counts(status)).length
      for (const { order, action } of steps) {
        const existing = redemptions.get(order)
        const next =
          action === "reserve"
            ? reserve(existing, taken())
            : action === "confirm"
              ? confirmRedemption(existing)
              : releaseRedemption(existing, wanted)
        if (!isRefusal(next)) redemptions.set(order, next)
        expect(taken()).toBeLessThanOrEqual(3)
        if (existing?.status === "released") expect(redemptions.get(order)?.status).toBe("released")
      }
    }),
  )
})
