import { useCase } from "@eshop/building-blocks/app/use-case"
import { seedCoupons, seedPromotions } from "@eshop/domain/discount/seed"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { create as createCoupon } from "../coupons/create-coupon.ts"
import { create as createPromotion } from "../promotions/create-promotion.ts"
import type { RulePorts } from "./ports.ts"

/** Adds the seed promotions and coupons that are missing; safe to run at every start. Changed ones stay as they are. */
export const seedRules = useCase("discount.seed-rules", {
  input: z.strictObject({}),
  result: z.strictObject({ there: z.int() }),
  handle: (ports: RulePorts) => async (_, call) => {
    const answers = []
    for (const { id, version: _version, ...terms } of seedPromotions)
      answers.push(await createPromotion(ports, terms, call, id))
    for (const { version: _version, ...coupon } of seedCoupons)
      answers.push(await createCoupon(ports, coupon, call))
    return { there: answers.filter((answer) => !isRefusal(answer)).length }
  },
})
