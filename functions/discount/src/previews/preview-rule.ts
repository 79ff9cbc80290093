import { useCase } from "@eshop/building-blocks/app/use-case"
import { getQuote, Quote } from "@eshop/domain/contracts/quotes"
import { type Coupon, checkCoupon, NewCoupon, ruleOfCoupon } from "@eshop/domain/discount/coupon"
import type { NamedRule } from "@eshop/domain/discount/engine/cart"
import { PromotionTerms, ruleOfPromotion } from "@eshop/domain/discount/promotion"
import { quote, unquotable } from "@eshop/domain/discount/quote"
import { PromotionId } from "@eshop/domain/kernel/ids"
import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { findUsable, type UsablePorts } from "../coupons/find-usable.ts"
import { cartFor } from "../quotes/cart-for.ts"

const { couponCodes, ...cart } = getQuote.input.shape

/** With what a cart is quoted: the rules, and the coupons that may not be used whatever is in it. */
type Ruling = {
  readonly rules: readonly NamedRule[]
  readonly refused: readonly { readonly code: string; readonly refusal: Refusal }[]
}

const none: Ruling = { rules: [], refused: [] }

/** A coupon or why it may not be used. */
const rulingOf = (code: string, coupon: Coupon | Refusal): Ruling =>
  isRefusal(coupon)
    ? { ...none, refused: [{ code, refusal: coupon }] }
    : { ...none, rules: [ruleOfCoupon(coupon as Coupon, code)] }

/** A coupon at a time, as if nobody had taken anything of its limits. */
const untouched = (coupon: Coupon, at: Date): Ruling =>
  rulingOf(coupon.code, checkCoupon(coupon, { taken: 0, isCodeUsed: false }, at) ?? coupon)

const Draft = z
  .strictObject({
    promotion: PromotionTerms.optional(),
    replaces: PromotionId.optional().describe("The promotion that the drafted one is a new wording of"),
    coupon: NewCoupon.optional().describe("Stands for the stored one of its code, if there is one"),
    couponCodes: couponCodes.default([]).describe("Sent besides a drafted promotion"),
    cart: z.strictObject({
      ...cart,
      hasOrdered: z
        .boolean()
        .optional()
        .describe(
          "Whether the customer has paid an order; what is known of `customerId` where it does not say",
        ),
    }),
    at: z.iso.datetime().optional().describe("When; now when absent"),
  })
  .refine(({ promotion, coupon }) => (promotion === undefined) !== (coupon === undefined), {
    error: "Either a promotion or a coupon",
  })
  .refine(({ coupon, couponCodes: sent }) => coupon === undefined || sent.length === 0, {
    path: ["couponCodes"],
    error: "A drafted coupon is the only one",
  })

type Draft = z.output<typeof Draft>

/** The rules without the draft and with it, and what the draft is called. */
async function rulingsOf(ports: UsablePorts, draft: Draft, newId: () => string, at: Date) {
  const { promotion, replaces, coupon, couponCodes: sent } = draft
  const promotions = await ports.rules.promotions()
  const stored = promotions.map(ruleOfPromotion)
  if (coupon) {
    const before = await ports.rules.coupon(coupon.code)
    return {
      rule: coupon.code,
      before: withRules(before ? untouched(before, at) : none, stored),
      after: withRules(untouched({ ...coupon, version: 1 }, at), stored),
    }
  }
  const rule = replaces ?? newId()
  const others = stored.filter(({ promotionId }) => promotionId !== rule)
  const drafted = promotion ? [ruleOfPromotion({ ...promotion, id: rule, version: 1 })] : []
  const [code] = sent
  const besides =
    code === undefined ? none : rulingOf(code, await findUsable(ports, code, draft.cart.customerId, at))
  return {
    rule,
    before: withRules(besides, stored),
    after: withRules(besides, [...others, ...drafted]),
  }
}

const withRules = (coupon: Ruling, promotions: readonly NamedRule[]): Ruling => ({
  ...coupon,
  rules: [...promotions, ...coupon.rules],
})

/**
 * What a promotion or a coupon would change for a cart, before it is saved: every promotion is explained, also those out
 * of force.
 */
export const previewRule = useCase("discount.preview-rule", {
  input: Draft,
  result: z.strictObject({
    rule: z.string().describe("What stands for the draft in the explanations"),
    before: Quote,
    after: Quote,
  }),
  refusals: unquotable,
  handle: (ports: UsablePorts) => async (draft, call) => {
    const { hasOrdered, ...input } = draft.cart
    const at = draft.at === undefined ? call.now : new Date(draft.at)
    const { rule, before, after } = await rulingsOf(ports, draft, call.newId, at)
    const known = await cartFor(ports.customerOrders, input, [...before.rules, ...after.rules], at)
    const of = hasOrdered === undefined ? known : { ...known, hasOrdered }
    const without = quote(of, before.rules, before.refused)
    if (isRefusal(without)) return without
    const withIt = quote(of, after.rules, after.refused)
    return isRefusal(withIt) ? withIt : { rule, before: without, after: withIt }
  },
})
