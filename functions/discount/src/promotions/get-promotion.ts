import { useCase } from "@eshop/building-blocks/app/use-case"
import { Promotion, promotionUnknown } from "@eshop/domain/discount/promotion"
import { PromotionId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { RulePorts } from "../rules/ports.ts"

/** A promotion as it is stored. */
export const getPromotion = useCase("discount.get-promotion", {
  input: z.strictObject({ id: PromotionId }),
  result: Promotion,
  refusals: [promotionUnknown],
  handle:
    ({ store }: Pick<RulePorts, "store">) =>
    async ({ id }) =>
      (await store.promotions.find(id)) ?? promotionUnknown(),
})
