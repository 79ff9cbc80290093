import * as z from "zod"
import { CouponCode } from "../kernel/ids.ts"
import type { RefusalOf } from "../kernel/refusal.ts"
import {
  couponCodeUsed,
  couponCustomerExhausted,
  couponDisabled,
  couponExhausted,
  couponExpired,
  couponFirstOrderOnly,
  couponNotYetValid,
  type unusableCoupon,
} from "./coupon-refusals.ts"
import type { NamedRule } from "./engine/cart.ts"
import { beginsBeforeItEnds, neverValid, ruleShape } from "./engine/rule.ts"
import { outOfForce } from "./engine/unmet.ts"
import { LONGEST_SERIES } from "./unique-code.ts"

const limit = z.int().min(1).max(1_000_000_000).optional()
const shape = {
  ...ruleShape,
  maxRedemptions: limit.describe("How many orders may use it; unlimited when absent"),
  maxRedemptionsPerCustomer: limit.describe("How many orders of one customer may use it"),
  uniqueCodes: z
    .boolean()
    .describe("Used by codes that are made for it, each good for one order, and not by its own"),
}

/** What a merchant says of a coupon. */
export const CouponTerms = z.strictObject(shape).refine(beginsBeforeItEnds, neverValid)
export type CouponTerms = z.infer<typeof CouponTerms>

/** A new coupon. A code that others begin with leaves them room. */
export const NewCoupon = z
  .strictObject({ code: CouponCode, ...shape })
  .refine(beginsBeforeItEnds, neverValid)
  .refine(({ code, uniqueCodes }) => !uniqueCodes || code.length <= LONGEST_SERIES, {
    path: ["code"],
    error: `Must have at most ${LONGEST_SERIES} characters: unique codes begin with it`,
  })

/** A rule that applies by its code. `version` grows by one with every change. */
export const Coupon = z
  .strictObject({ code: CouponCode, ...shape, version: z.int().min(1) })
  .meta({ id: "Coupon" })
export type Coupon = z.infer<typeof Coupon>

/** What has been used of a coupon, as far as it matters to one order. */
export type CouponUses = {
  /** Redemptions that count: reserved by an order under way, or confirmed. Only kept for a coupon with a limit. */
  readonly taken: number
  /** Undefined where nobody knows who the customer is. */
  readonly customer?: { readonly taken: number; readonly hasOrdered: boolean } | undefined
  /** Whether another order has used the unique code. */
  readonly isCodeUsed: boolean
}

type UnusableCoupon = RefusalOf<typeof unusableCoupon>

/** How often one customer may use a coupon: a first order is one at the most. */
export const limitPerCustomer = ({
  conditions,
  maxRedemptionsPerCustomer,
}: Pick<Coupon, "conditions" | "maxRedemptionsPerCustomer">): number | undefined =>
  conditions?.firstOrderOnly ? 1 : maxRedemptionsPerCustomer

/**
 * Whether the coupon may be used now; the same rule for a quote and for a redemption.
 * @param now compared to the millisecond: valid from `validFrom` until before `validUntil`
 */
export function checkCoupon(coupon: Coupon, uses: CouponUses, now: Date): UnusableCoupon | undefined {
  return outOfTime(coupon, now) ?? usedUp(coupon, uses)
}

function outOfTime(coupon: Coupon, now: Date): UnusableCoupon | undefined {
  const unmet = outOfForce(coupon, now)
  if (unmet?.condition === "enabled") return couponDisabled()
  if (unmet?.condition === "valid-from") return couponNotYetValid({ validFrom: unmet.validFrom })
  if (unmet?.condition === "valid-until") return couponExpired({ validUntil: unmet.validUntil })
  return undefined
}

function usedUp(coupon: Coupon, { taken, customer, isCodeUsed }: CouponUses): UnusableCoupon | undefined {
  if (isCodeUsed) return couponCodeUsed()
  if (coupon.maxRedemptions !== undefined && taken >= coupon.maxRedemptions) return couponExhausted()
  if (!customer) return undefined
  if (coupon.conditions?.firstOrderOnly && customer.hasOrdered) return couponFirstOrderOnly()
  const most = limitPerCustomer(coupon)
  return most !== undefined && customer.taken >= most ? couponCustomerExhausted() : undefined
}

/** The rule that a coupon is to the engine. @param code the one that the customer has, which may be unique */
export const ruleOfCoupon = (coupon: Coupon, code: string): NamedRule => ({ ...coupon, couponCode: code })
