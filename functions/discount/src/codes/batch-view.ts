import { CouponCode } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import type { Batch } from "./ports.ts"

export const BatchId = z.uuid().toLowerCase().describe("Batch id; chosen by who asks for it")

/** A batch of unique codes, and how far it is. */
export const BatchView = z.strictObject({
  batchId: BatchId,
  code: CouponCode,
  count: z.int(),
  made: z.int().describe("How many of its codes are there; the batch is done when all are"),
  createdAt: z.iso.datetime(),
})

export const viewOf = ({ id, series, count, createdAt }: Batch, made: number): z.input<typeof BatchView> => ({
  batchId: id,
  code: series,
  count,
  made,
  createdAt: createdAt.toISOString(),
})
