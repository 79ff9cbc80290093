import { useCase } from "@eshop/building-blocks/app/use-case"
import { getQuote, Quote } from "@eshop/domain/contracts/quotes"
import { ruleOfCoupon } from "@eshop/domain/discount/coupon"
import type { NamedRule } from "@eshop/domain/discount/engine/cart"
import { outOfForce } from "@eshop/domain/discount/engine/unmet"
import { ruleOfPromotion } from "@eshop/domain/discount/promotion"
import { quote as decide, unquotable } from "@eshop/domain/discount/quote"
import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import { findUsable, type UsablePorts } from "../coupons/find-usable.ts"
import { asksWhetherOrdered, cartFor } from "./cart-for.ts"

/**
 * What the promotions in force and the customer's coupon take off a cart, line by line and explained. It promises
 * nothing: the redemption does. What is not in force yet is nobody's business.
 */
export const quote = useCase("discount.quote", {
  input: getQuote.input,
  result: Quote,
  refusals: unquotable,
  handle:
    (ports: UsablePorts) =>
    async ({ couponCodes, ...input }, call) => {
      const promotions = await ports.rules.promotions()
      const rules: NamedRule[] = promotions
        .filter((promotion) => !outOfForce(promotion, call.now))
        .map(ruleOfPromotion)
      const refused: { code: string; refusal: Refusal }[] = []
      for (const code of couponCodes) {
        const coupon = await findUsable(ports, code, input.customerId, call.now)
        if (isRefusal(coupon)) refused.push({ code, refusal: coupon })
        else rules.push(ruleOfCoupon(coupon, code))
      }
      const decided = decide(await cartFor(ports.customerOrders, input, rules, call.now), rules, refused)
      return isRefusal(decided)
        ? decided
        : { ...decided, customerMatters: couponCodes.length > 0 || asksWhetherOrdered(rules) }
    },
})
