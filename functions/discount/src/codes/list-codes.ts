import { useCase } from "@eshop/building-blocks/app/use-case"
import { cursorOf } from "@eshop/building-blocks/http/cursor"
import { wholeNumber } from "@eshop/building-blocks/http/query"
import { couponUnknown } from "@eshop/domain/discount/coupon-refusals"
import { uniqueCodeOf } from "@eshop/domain/discount/unique-code"
import { CouponCode, OrderId } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { RulePorts } from "../rules/ports.ts"
import { BatchId } from "./batch-view.ts"
import type { Codes } from "./ports.ts"

const cursor = cursorOf("codes", z.string().regex(/^[A-Z0-9]{1,32}$/))

/** The unique codes of a coupon with who has used them, to be exported page by page. */
export const listCodes = useCase("discount.list-codes", {
  input: z.strictObject({
    code: CouponCode,
    limit: wholeNumber({ min: 1, max: 1_000 }).default(100).describe("Page size"),
    cursor: cursor.schema.optional(),
  }),
  result: z.strictObject({
    items: z.array(
      z.strictObject({
        code: CouponCode,
        batchId: BatchId,
        usedBy: OrderId.nullable().describe("The order"),
      }),
    ),
    nextCursor: z.string().nullable(),
  }),
  refusals: [couponUnknown],
  handle:
    ({ store, codes }: Pick<RulePorts, "store"> & { codes: Codes }) =>
    async ({ code, limit, cursor: after }) => {
      if (!(await store.coupons.find(code))) return couponUnknown()
      const found = await codes.list(code, limit + 1, after)
      const page = found.slice(0, limit)
      const last = page.at(-1)
      return {
        items: page.map(({ suffix, batchId, orderId }) => ({
          code: uniqueCodeOf(code, suffix),
          batchId,
          usedBy: orderId ?? null,
        })),
        nextCursor: found.length > limit && last ? cursor.encode(last.suffix) : null,
      }
    },
})
