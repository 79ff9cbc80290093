import { useCase } from "@eshop/building-blocks/app/use-case"
import { cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import { Promotion } from "@eshop/domain/discount/promotion"
import { PromotionId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { RulePorts } from "../rules/ports.ts"

const cursor = cursorOf("promotions", PromotionId)

/** All promotions, in the order in which they were made. */
export const listPromotions = useCase("discount.list-promotions", {
  input: z.strictObject({ limit: pageSize, cursor: cursor.schema.optional() }),
  result: z.strictObject({ items: z.array(Promotion), nextCursor: z.string().nullable() }),
  handle:
    ({ store }: Pick<RulePorts, "store">) =>
    async ({ limit, cursor: after }) => {
      const found = await store.promotions.list(limit + 1, after)
      const items = found.slice(0, limit)
      const last = items.at(-1)
      return { items, nextCursor: found.length > limit && last ? cursor.encode(last.id) : null }
    },
})
