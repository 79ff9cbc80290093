import { isStale } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { Coupon, NewCoupon } from "@eshop/domain/discount/coupon"
import { couponUnknown } from "@eshop/domain/discount/coupon-refusals"
import {
  couponCodesFixed,
  couponLimitFixed,
  updateCoupon as decide,
} from "@eshop/domain/discount/definitions"
import { ruleStale, sortOrderTaken } from "@eshop/domain/discount/promotion"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { changeDefinition } from "../rules/change-definition.ts"
import type { RulePorts } from "../rules/ports.ts"

/** Gives a coupon other terms, all of them. Uses that orders have taken stay theirs. */
export const updateCoupon = useCase("discount.update-coupon", {
  input: NewCoupon,
  result: Coupon,
  refusals: [couponUnknown, ruleStale, couponLimitFixed, couponCodesFixed, sortOrderTaken],
  handle:
    ({ store, rules }: RulePorts) =>
    async ({ code, ...terms }, call) => {
      const about = { key: code, sortOrder: terms.stacking.sortOrder }
      const changed = await changeDefinition({ definitions: store.coupons, rules }, about, call, (state) => {
        const change = decide(state, terms, (version) => isStale(call, version))
        if (isRefusal(change) || change === "no-change") return change
        return {
          ...change,
          entry: { subject: `coupon ${code}`, action: "coupon.changed", change: change.next },
        }
      })
      return isRefusal(changed) ? changed : (changed.definition as Coupon)
    },
})
