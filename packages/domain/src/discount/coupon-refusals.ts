import * as z from "zod"
import { Money, usd } from "../kernel/money.ts"
import { defineRefusal, type Refusal } from "../kernel/refusal.ts"
import type { Verdict } from "./engine/evaluate.ts"
import { suppressionInWords } from "./engine/words.ts"

export const couponUnknown = defineRefusal("coupon.unknown", "not-found", "There is no such coupon.")
export const couponDisabled = defineRefusal("coupon.disabled", "rule", "The coupon cannot be used.")
export const couponNotYetValid = defineRefusal(
  "coupon.not-yet-valid",
  "rule",
  "The coupon is not valid yet.",
  z.object({ validFrom: z.iso.datetime() }),
)
export const couponExpired = defineRefusal(
  "coupon.expired",
  "rule",
  "The coupon has expired.",
  z.object({ validUntil: z.iso.datetime() }),
)
export const couponExhausted = defineRefusal("coupon.exhausted", "rule", "The coupon has been used up.")
export const couponCustomerExhausted = defineRefusal(
  "coupon.customer-exhausted",
  "rule",
  "You have used this coupon as often as one customer may.",
)
export const couponCodeUsed = defineRefusal("coupon.code-used", "rule", "This code has been used.")
export const couponFirstOrderOnly = defineRefusal(
  "coupon.first-order-only",
  "rule",
  "The coupon is for a first order.",
)
/** A limit per customer cannot be held without one. */
export const couponNeedsCustomer = defineRefusal(
  "coupon.needs-customer",
  "rule",
  "The coupon is for known customers.",
)
export const couponNotApplicable = defineRefusal(
  "coupon.not-applicable",
  "rule",
  "The coupon fits none of the products in the cart.",
)
export const couponMinimumValue = defineRefusal(
  "coupon.minimum-order-value",
  "rule",
  "The cart is not worth enough for the coupon.",
  z.object({ needed: Money, found: Money }),
)
export const couponMinimumQuantity = defineRefusal(
  "coupon.minimum-quantity",
  "rule",
  "The coupon needs more units of its products.",
  z.object({ needed: z.int(), found: z.int() }),
)
export const couponCustomerGroup = defineRefusal(
  "coupon.customer-group",
  "rule",
  "The coupon is for other customers.",
)
export const couponSuppressed = defineRefusal(
  "coupon.suppressed",
  "rule",
  ({ reason }) => `The coupon does not count: ${reason}.`,
  z.object({ reason: z.string() }),
)
export const couponNoEffect = defineRefusal(
  "coupon.no-effect",
  "rule",
  "The coupon takes nothing off this cart.",
)

/** Why a coupon may not be used now, whatever is in the cart. */
export const unusableCoupon = [
  couponDisabled,
  couponNotYetValid,
  couponExpired,
  couponCodeUsed,
  couponExhausted,
  couponCustomerExhausted,
  couponFirstOrderOnly,
] as const

/** Why a coupon that may be used does not count for what is in a cart. */
export const inapplicableCoupon = [
  couponNotApplicable,
  couponMinimumValue,
  couponMinimumQuantity,
  couponCustomerGroup,
  couponSuppressed,
  couponNoEffect,
] as const

/**
 * Why a coupon that may be used does not count for a cart, so that nobody redeems it in vain; undefined when it
 * applies, or will once the shipping is chosen.
 */
export function refusalOfVerdict(verdict: Verdict): Refusal | undefined {
  if (verdict.outcome === "applied") return undefined
  if (verdict.outcome === "suppressed")
    return couponSuppressed({ reason: suppressionInWords(verdict.suppression) })
  const { unmet } = verdict
  switch (unmet.condition) {
    case "enabled":
      return couponDisabled()
    case "valid-from":
      return couponNotYetValid({ validFrom: unmet.validFrom })
    case "valid-until":
      return couponExpired({ validUntil: unmet.validUntil })
    case "customer-group":
      return couponCustomerGroup()
    case "first-order":
      return couponFirstOrderOnly()
    case "minimum-order-value":
      return couponMinimumValue({ needed: usd(unmet.needed), found: usd(unmet.found) })
    case "scope":
      return couponNotApplicable()
    case "minimum-quantity":
      return couponMinimumQuantity({ needed: unmet.needed, found: unmet.found })
    case "shipping":
      return undefined
    case "effect":
      return couponNoEffect()
  }
}
