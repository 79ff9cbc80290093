import { useCase } from "@eshop/building-blocks/app/use-case"
import { couponUnknown } from "@eshop/domain/discount/coupon-refusals"
import { CouponCode } from "@eshop/domain/kernel/ids"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import type { RulePorts } from "../rules/ports.ts"
import { BatchId, BatchView, viewOf } from "./batch-view.ts"
import type { Codes } from "./ports.ts"

export const batchExists = defineRefusal("batch.exists", "conflict", "This id names another batch of codes.")
export const couponNoUniqueCodes = defineRefusal(
  "coupon.no-unique-codes",
  "conflict",
  "The coupon is used by its own code.",
)

/** Has unique codes made for a coupon, right after it. The id is the caller's: asked again it is the same batch. */
export const addBatch = useCase("discount.add-code-batch", {
  input: z.strictObject({ code: CouponCode, batchId: BatchId, count: z.int().min(1).max(100_000) }),
  result: BatchView,
  refusals: [couponUnknown, couponNoUniqueCodes, batchExists],
  handle:
    ({ store, codes }: Pick<RulePorts, "store"> & { codes: Codes }) =>
    async ({ code, batchId, count }, call) => {
      const coupon = await store.coupons.find(code)
      if (!coupon) return couponUnknown()
      if (!coupon.uniqueCodes) return couponNoUniqueCodes()
      const batch = await codes.addBatch({ id: batchId, series: code, count, createdAt: call.now })
      if (batch.series !== code || batch.count !== count) return batchExists()
      return viewOf(batch, await codes.made(batch))
    },
})
