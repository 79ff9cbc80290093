import { useCase } from "@eshop/building-blocks/app/use-case"
import { cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import { couponUnknown } from "@eshop/domain/discount/coupon-refusals"
import { CouponCode } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { RulePorts } from "../rules/ports.ts"
import { BatchId, BatchView, viewOf } from "./batch-view.ts"
import type { Codes } from "./ports.ts"

const cursor = cursorOf("batches", BatchId)

/** The batches of a coupon's unique codes by their id, and how far each is. */
export const listBatches = useCase("discount.list-code-batches", {
  input: z.strictObject({ code: CouponCode, limit: pageSize, cursor: cursor.schema.optional() }),
  result: z.strictObject({ items: z.array(BatchView), nextCursor: z.string().nullable() }),
  refusals: [couponUnknown],
  handle:
    ({ store, codes }: Pick<RulePorts, "store"> & { codes: Codes }) =>
    async ({ code, limit, cursor: after }) => {
      if (!(await store.coupons.find(code))) return couponUnknown()
      const found = await codes.batches(code, limit + 1, after)
      const page = found.slice(0, limit)
      const last = page.at(-1)
      return {
        items: await Promise.all(page.map(async (batch) => viewOf(batch, await codes.made(batch)))),
        nextCursor: found.length > limit && last ? cursor.encode(last.id) : null,
      }
    },
})
