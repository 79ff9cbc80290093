import { isStale } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import { updatePromotion as decide } from "@eshop/domain/discount/definitions"
import { beginsBeforeItEnds, neverValid, ruleShape } from "@eshop/domain/discount/engine/rule"
import { Promotion, promotionUnknown, ruleStale, sortOrderTaken } from "@eshop/domain/discount/promotion"
import { PromotionId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { changeDefinition } from "../rules/change-definition.ts"
import type { RulePorts } from "../rules/ports.ts"

/** Gives a promotion other terms, all of them. */
export const updatePromotion = useCase("discount.update-promotion", {
  input: z.strictObject({ id: PromotionId, ...ruleShape }).refine(beginsBeforeItEnds, neverValid),
  result: Promotion,
  refusals: [promotionUnknown, ruleStale, sortOrderTaken],
  handle:
    ({ store, rules }: RulePorts) =>
    async ({ id, ...terms }, call) => {
      const about = { key: id, sortOrder: terms.stacking.sortOrder }
      const changed = await changeDefinition(
        { definitions: store.promotions, rules },
        about,
        call,
        (state) => {
          const change = decide(state, terms, (version) => isStale(call, version))
          if (isRefusal(change) || change === "no-change") return change
          return {
            ...change,
            entry: { subject: `promotion ${id}`, action: "promotion.changed", change: change.next },
          }
        },
      )
      return isRefusal(changed) ? changed : (changed.definition as Promotion)
    },
})
