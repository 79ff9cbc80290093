import type { Call, CommandCall } from "@eshop/building-blocks/app/call"
import { command } from "@eshop/building-blocks/app/use-case"
import { createPromotion as decide } from "@eshop/domain/discount/definitions"
import { Promotion, PromotionTerms, sortOrderTaken } from "@eshop/domain/discount/promotion"
import { isRefusal, type RefusalOf } from "@eshop/domain/kernel/refusal"
import { isSame } from "@eshop/domain/kernel/same"
import { changeDefinition } from "../rules/change-definition.ts"
import type { RulePorts } from "../rules/ports.ts"

/**
 * Makes a promotion. One that has this sort order and says the same is that promotion: who asks again after an answer
 * that was lost makes no second one.
 */
export const createPromotion = command("discount.create-promotion", {
  input: PromotionTerms,
  result: Promotion,
  refusals: [sortOrderTaken],
  handle: (ports: RulePorts) => (terms, call) => call.commit(() => create(ports, terms, call)),
})

/** @param id of the promotion */
export async function create(
  { store, rules }: RulePorts,
  terms: PromotionTerms,
  call: Call | CommandCall,
  id: string = call.newId(),
): Promise<Promotion | RefusalOf<[typeof sortOrderTaken]>> {
  const about = { key: id, sortOrder: terms.stacking.sortOrder }
  let holder: string | undefined
  const made = await changeDefinition({ definitions: store.promotions, rules }, about, call, (state) => {
    holder = state.holder?.key
    const change = decide(state, { ...terms, id })
    if (isRefusal(change) || change === "no-change") return change
    return {
      ...change,
      entry: { subject: `promotion ${id}`, action: "promotion.created", change: change.next },
    }
  })
  if (!isRefusal(made)) return made.definition as Promotion
  const twin = holder === undefined ? undefined : await store.promotions.find(holder)
  return twin && isSame(twin, { ...terms, id: twin.id, version: 1 }) ? twin : made
}
