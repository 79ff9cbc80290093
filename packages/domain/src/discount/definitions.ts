import { defineRefusal, type RefusalOf } from "../kernel/refusal.ts"
import { isSame } from "../kernel/same.ts"
import type { Coupon, CouponTerms } from "./coupon.ts"
import { couponUnknown } from "./coupon-refusals.ts"
import {
  type Promotion,
  type PromotionTerms,
  promotionUnknown,
  ruleStale,
  sortOrderTaken,
} from "./promotion.ts"

export const couponExists = defineRefusal(
  "coupon.exists",
  "conflict",
  "There is, or was, a coupon of this code.",
)
/** Uses of a coupon without a limit are not counted, so a limit would begin at nothing. */
export const couponLimitFixed = defineRefusal(
  "coupon.limit-fixed",
  "conflict",
  "A coupon that everybody can use without a limit cannot get one; make another coupon.",
)
/** Who has a code can use it; who needs one of their own cannot. */
export const couponCodesFixed = defineRefusal(
  "coupon.codes-fixed",
  "conflict",
  "Whether a coupon has unique codes is settled when it is made.",
)

/** What stands in the way of a definition. */
type State<T> = {
  readonly stored?: T | undefined
  readonly isDeleted: boolean
  readonly holder?: { readonly name: string } | undefined
}
type Change<T> = { readonly next: T } | "no-change"

const taken = ({ holder }: State<unknown>) => holder && sortOrderTaken({ by: holder.name })

/** Making a coupon again word for word is the same coupon. */
export function createCoupon(
  state: State<Coupon>,
  wanted: Omit<Coupon, "version">,
): Change<Coupon> | RefusalOf<[typeof couponExists, typeof sortOrderTaken]> {
  const { stored } = state
  const next = { ...wanted, version: 1 }
  if (stored && isSame(stored, next)) return "no-change"
  if (stored || state.isDeleted) return couponExists()
  return taken(state) ?? { next }
}

/** @param isStale whether the caller has seen another version */
export function updateCoupon(
  state: State<Coupon>,
  terms: CouponTerms,
  isStale: (version: number) => boolean,
):
  | Change<Coupon>
  | RefusalOf<
      [
        typeof couponUnknown,
        typeof ruleStale,
        typeof couponLimitFixed,
        typeof couponCodesFixed,
        typeof sortOrderTaken,
      ]
    > {
  const { stored } = state
  if (!stored) return couponUnknown()
  if (isStale(stored.version)) return ruleStale({ version: stored.version })
  const { code, version } = stored
  if (isSame(stored, { ...terms, code, version })) return "no-change"
  if (stored.maxRedemptions === undefined && terms.maxRedemptions !== undefined) return couponLimitFixed()
  if (stored.uniqueCodes !== terms.uniqueCodes) return couponCodesFixed()
  return taken(state) ?? { next: { ...terms, code, version: version + 1 } }
}

export function createPromotion(
  state: State<Promotion>,
  wanted: Omit<Promotion, "version">,
): Change<Promotion> | RefusalOf<[typeof sortOrderTaken]> {
  const next = { ...wanted, version: 1 }
  if (state.stored) return "no-change"
  return taken(state) ?? { next }
}

/** @param isStale whether the caller has seen another version */
export function updatePromotion(
  state: State<Promotion>,
  terms: PromotionTerms,
  isStale: (version: number) => boolean,
): Change<Promotion> | RefusalOf<[typeof promotionUnknown, typeof ruleStale, typeof sortOrderTaken]> {
  const { stored } = state
  if (!stored) return promotionUnknown()
  if (isStale(stored.version)) return ruleStale({ version: stored.version })
  const { id, version } = stored
  if (isSame(stored, { ...terms, id, version })) return "no-change"
  return taken(state) ?? { next: { ...terms, id, version: version + 1 } }
}
