import { useCase } from "@eshop/building-blocks/app/use-case"
import { CouponCode } from "@eshop/domain/kernel/ids"
import { defineRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { BatchId, BatchView, viewOf } from "./batch-view.ts"
import type { Codes } from "./ports.ts"

export const batchUnknown = defineRefusal("batch.unknown", "not-found", "There is no such batch of codes.")

/** How far a batch of unique codes is. */
export const getBatch = useCase("discount.get-code-batch", {
  input: z.strictObject({ code: CouponCode, batchId: BatchId }),
  result: BatchView,
  refusals: [batchUnknown],
  handle:
    ({ codes }: { codes: Codes }) =>
    async ({ code, batchId }) => {
      const batch = await codes.findBatch(batchId)
      return batch?.series === code ? viewOf(batch, await codes.made(batch)) : batchUnknown()
    },
})
