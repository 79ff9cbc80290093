import { useCase } from "@eshop/building-blocks/app/use-case"
import { cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import { Coupon } from "@eshop/domain/discount/coupon"
import { CouponCode } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { RulePorts } from "../rules/ports.ts"

const cursor = cursorOf("coupons", CouponCode)

/** All coupons by their code. */
export const listCoupons = useCase("discount.list-coupons", {
  input: z.strictObject({ limit: pageSize, cursor: cursor.schema.optional() }),
  result: z.strictObject({ items: z.array(Coupon), nextCursor: z.string().nullable() }),
  handle:
    ({ store }: Pick<RulePorts, "store">) =>
    async ({ limit, cursor: after }) => {
      const found = await store.coupons.list(limit + 1, after)
      const items = found.slice(0, limit)
      const last = items.at(-1)
      return { items, nextCursor: found.length > limit && last ? cursor.encode(last.code) : null }
    },
})
