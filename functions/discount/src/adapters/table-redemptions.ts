import type { TableClient, TransactionAction } from "@azure/data-tables"
import { counts, type RedemptionStatus } from "@eshop/domain/discount/redemption"
import type { Redemptions } from "../redemptions/ports.ts"
import { findEntity, unlessOvertaken } from "./table-storage.ts"

/** Row keys within the partition of a coupon. */
export const redemptionRows = {
  use: "use",
  of: (orderId: string) => `order-${orderId}`,
  // "." follows "-": every key that begins with "order-" lies between
  range: { first: "order-", end: "order." },
}

/** The partition of an order's own entity; a coupon's code has no lower-case letters. */
const orderPartition = (orderId: string) => `order-${orderId}`
const ORDER_ROW = "coupon"

/**
 * Redemptions as entities in their coupon's partition, beside the counter of a limited coupon: one table
 * transaction changes both, under the condition that neither has changed (ETag).
 */
export function tableRedemptions(table: TableClient): Redemptions {
  const couponOf = async (orderId: string) =>
    (await findEntity<{ couponCode: string }>(table, orderPartition(orderId), ORDER_ROW))?.couponCode

  return {
    couponOf,

    async tie(orderId, couponCode) {
      const entity = { partitionKey: orderPartition(orderId), rowKey: ORDER_ROW, couponCode }
      if (await unlessOvertaken(() => table.createEntity(entity))) return couponCode
      const tied = await couponOf(orderId)
      if (tied === undefined) throw new Error(`the coupon of order ${orderId} is gone`)
      return tied
    },

    async read(coupon, orderId) {
      const [redemption, use] = await Promise.all([
        findEntity<{ status: RedemptionStatus }>(table, coupon.code, redemptionRows.of(orderId)),
        coupon.maxRedemptions === undefined
          ? undefined
          : findEntity<{ taken: number }>(table, coupon.code, redemptionRows.use),
      ])
      return {
        existing: redemption && { orderId, couponCode: coupon.code, status: redemption.status },
        use: { taken: use?.taken ?? 0 },
        etags: { ...(redemption && { redemption: redemption.etag }), ...(use && { use: use.etag }) },
      }
    },

    async write(coupon, before, next, at) {
      const partitionKey = coupon.code
      const store = (
        entity: { rowKey: string; [property: string]: unknown },
        etag?: string,
      ): TransactionAction =>
        etag === undefined
          ? ["create", { ...entity, partitionKey }]
          : ["update", { ...entity, partitionKey }, "Replace", { etag }]
      const redemption = store(
        { rowKey: redemptionRows.of(next.orderId), status: next.status, changedAt: at },
        before.etags.redemption,
      )
      const change = Number(counts(next.status)) - Number(counts(before.existing?.status))
      const actions =
        coupon.maxRedemptions === undefined || change === 0
          ? [redemption]
          : [
              redemption,
              store({ rowKey: redemptionRows.use, taken: before.use.taken + change }, before.etags.use),
            ]
      return await unlessOvertaken(() => table.submitTransaction(actions))
    },
  }
}
