import { useCase } from "@eshop/building-blocks/app/use-case"
import { getQuote, Quote } from "@eshop/domain/contracts/quotes"
import { PromotionTerms, ruleOfPromotion } from "@eshop/domain/discount/promotion"
import { quote, unquotable } from "@eshop/domain/discount/quote"
import { PromotionId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import type { CustomerOrders } from "../coupons/ports.ts"
import { cartFor } from "../quotes/cart-for.ts"
import type { Rules } from "../rules/ports.ts"

const { couponCodes: _, ...cart } = getQuote.input.shape

/** What a promotion would change for a cart, before it is saved: every promotion is explained, also those out of force. */
export const previewPromotion = useCase("discount.preview-promotion", {
  input: z.strictObject({
    promotion: PromotionTerms,
    replaces: PromotionId.optional().describe("The promotion that this is a new wording of"),
    cart: z.strictObject(cart),
    at: z.iso.datetime().optional().describe("When; now when absent"),
  }),
  result: z.strictObject({
    promotionId: PromotionId.describe("What stands for the promotion in the explanations"),
    before: Quote,
    after: Quote,
  }),
  refusals: unquotable,
  handle:
    ({ rules, customerOrders }: { rules: Rules; customerOrders: CustomerOrders }) =>
    async ({ promotion, replaces, cart: input, at }, call) => {
      const stored = await rules.promotions()
      const id = replaces ?? call.newId()
      const before = stored.map(ruleOfPromotion)
      const others = stored.filter((one) => one.id !== id).map(ruleOfPromotion)
      const after = [...others, ruleOfPromotion({ ...promotion, id, version: 1 })]
      const now = at === undefined ? call.now : new Date(at)
      const of = await cartFor(customerOrders, input, [...before, ...after], now)
      const [without, withIt] = [quote(of, before, []), quote(of, after, [])]
      if (isRefusal(without)) return without
      if (isRefusal(withIt)) return withIt
      return { promotionId: id, before: without, after: withIt }
    },
})
