import { isStale } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { type Promotion, promotionUnknown, ruleStale } from "@eshop/domain/discount/promotion"
import { PromotionId } from "@eshop/domain/kernel/ids"
import { isRefusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { changeDefinition, type Decision } from "../rules/change-definition.ts"
import type { RulePorts } from "../rules/ports.ts"

/** Takes a promotion away. What orders have had of it stays in them, and its history in the audit trail. */
export const deletePromotion = useCase("discount.delete-promotion", {
  input: z.strictObject({ id: PromotionId }),
  result: z.void(),
  refusals: [promotionUnknown, ruleStale],
  handle:
    ({ store, rules }: RulePorts) =>
    async ({ id }, call) => {
      const deleted = await changeDefinition(
        { definitions: store.promotions, rules },
        { key: id },
        call,
        ({
          stored,
          isDeleted,
        }): Decision<Promotion> | RefusalOf<[typeof promotionUnknown, typeof ruleStale]> => {
          if (!stored) return isDeleted ? "no-change" : promotionUnknown()
          if (isStale(call, stored.version)) return ruleStale({ version: stored.version })
          const entry = { subject: `promotion ${id}`, action: "promotion.deleted", change: stored }
          return { next: undefined, entry }
        },
      )
      return isRefusal(deleted) ? deleted : undefined
    },
})
