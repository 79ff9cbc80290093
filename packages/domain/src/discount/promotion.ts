import * as z from "zod"
import { PromotionId } from "../kernel/ids.ts"
import { defineRefusal } from "../kernel/refusal.ts"
import type { NamedRule } from "./engine/cart.ts"
import { Rule, ruleShape } from "./engine/rule.ts"

/** A rule that applies without a code. `version` grows by one with every change. */
export const Promotion = z
  .strictObject({ id: PromotionId, ...ruleShape, version: z.int().min(1) })
  .meta({ id: "Promotion" })
export type Promotion = z.infer<typeof Promotion>

export const promotionUnknown = defineRefusal("promotion.unknown", "not-found", "There is no such promotion.")

/** A definition has changed since the caller read it. */
export const ruleStale = defineRefusal(
  "rule.stale",
  "stale",
  "The rule has changed; read it again.",
  z.object({ version: z.int() }),
)

/** Another promotion or coupon has this turn already. */
export const sortOrderTaken = defineRefusal(
  "rule.sort-order-taken",
  "conflict",
  ({ by }) => `"${by}" has this sort order.`,
  z.object({ by: z.string() }),
)

/** What a merchant says of a promotion. */
export const PromotionTerms = Rule
export type PromotionTerms = z.infer<typeof PromotionTerms>

/** The rule that a promotion is to the engine. */
export const ruleOfPromotion = ({ id, version: _, ...rule }: Promotion): NamedRule => ({
  ...rule,
  promotionId: id,
})
