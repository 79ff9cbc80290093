import { useCase } from "@eshop/building-blocks/app/use-case"
import { type Audit, AuditRecord } from "@eshop/building-blocks/audit/audit"
import { cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import { variantUnknown } from "@eshop/domain/catalog/product"
import { Sku } from "@eshop/domain/kernel/ids"
import * as z from "zod"
import { auditSubject } from "./adjust-stock.ts"
import type { Stock } from "./ports.ts"

const cursor = cursorOf("stock-adjustments", z.int().min(1))

/** Who changed what of a variant's stock by hand, newest first. What orders do is in their events. */
export const listAdjustments = useCase("catalog.list-stock-adjustments", {
  input: z.strictObject({ sku: Sku, limit: pageSize, cursor: cursor.schema.optional() }),
  result: z.strictObject({ items: z.array(AuditRecord), nextCursor: z.string().nullable() }),
  refusals: [variantUnknown],
  handle:
    ({ stock, audit }: { stock: Stock; audit: Audit }) =>
    async ({ sku, limit, cursor: before }, call) => {
      if ((await stock.find(sku, call.now)).length === 0) return variantUnknown()
      const found = await audit.list({
        subject: auditSubject(sku),
        limit: limit + 1,
        ...(before !== undefined && { before }),
      })
      const items = found.slice(0, limit)
      const last = items.at(-1)
      return { items, nextCursor: found.length > limit && last ? cursor.encode(last.position) : null }
    },
})
