import { isStale } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import type { Coupon } from "@eshop/domain/discount/coupon"
import { couponUnknown } from "@eshop/domain/discount/coupon-refusals"
import { ruleStale } from "@eshop/domain/discount/promotion"
import { CouponCode } from "@eshop/domain/kernel/ids"
import { isRefusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { changeDefinition, type Decision } from "../rules/change-definition.ts"
import type { RulePorts } from "../rules/ports.ts"

/** Takes a coupon away. Uses that orders have taken stay theirs, and nobody can make a coupon of its code again. */
export const deleteCoupon = useCase("discount.delete-coupon", {
  input: z.strictObject({ code: CouponCode }),
  result: z.void(),
  refusals: [couponUnknown, ruleStale],
  handle:
    ({ store, rules }: RulePorts) =>
    async ({ code }, call) => {
      const deleted = await changeDefinition(
        { definitions: store.coupons, rules },
        { key: code },
        call,
        ({ stored, isDeleted }): Decision<Coupon> | RefusalOf<[typeof couponUnknown, typeof ruleStale]> => {
          if (!stored) return isDeleted ? "no-change" : couponUnknown()
          if (isStale(call, stored.version)) return ruleStale({ version: stored.version })
          return {
            next: undefined,
            entry: { subject: `coupon ${code}`, action: "coupon.deleted", change: stored },
          }
        },
      )
      return isRefusal(deleted) ? deleted : undefined
    },
})
