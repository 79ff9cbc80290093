import { odata, type TransactionAction } from "@azure/data-tables"
import type { Redemption } from "@eshop/domain/contracts/redemptions"
import { counts } from "@eshop/domain/discount/redemption"
import type { CouponUses } from "../coupons/ports.ts"
import type { Redemptions } from "../redemptions/ports.ts"
import type { TableStorage } from "./table-storage.ts"

// Row keys within the partition of a coupon.
const USE_ROW = "use"
const redemptionRow = (orderId: string) => `order-${orderId}`
// "." follows "-": every redemption's key lies between.
const redemptionRows = { first: "order-", end: "order." }

/** The partition of an order's own entity; a coupon's code has no lower-case letters. */
const orderPartition = (orderId: string) => `order-${orderId}`
const ORDER_ROW = "coupon"

type Use = { taken: number }
type Entity = { rowKey: string; [property: string]: unknown }

/** Writes an entity of a coupon that must be as it was read: new without an ETag, unchanged with one. */
const conditional = (partitionKey: string, entity: Entity, etag: string | undefined): TransactionAction =>
  etag === undefined
    ? ["create", { ...entity, partitionKey }]
    : ["update", { ...entity, partitionKey }, "Replace", { etag }]

/** The redemptions of a coupon that count. */
async function countTaken(tables: TableStorage, code: string): Promise<number> {
  const { first, end } = redemptionRows
  const filter = odata`PartitionKey eq ${code} and RowKey ge ${first} and RowKey lt ${end} and status ne 'released'`
  return await tables.reach(async (table, options) => {
    let taken = 0
    const queryOptions = { filter, select: ["RowKey"] }
    for await (const _ of table.listEntities({ ...options, queryOptions })) taken++
    return taken
  })
}

/** Counts from the counter that the redemptions of a limited coupon keep, or from the redemptions themselves. */
export const tableCouponUses = (tables: TableStorage): CouponUses => ({
  async count({ code, maxRedemptions }) {
    if (maxRedemptions === undefined) return { taken: await countTaken(tables, code) }
    return { taken: (await tables.find<Use>(code, USE_ROW))?.taken ?? 0 }
  },
})

/**
 * Redemptions as entities in their coupon's partition, beside the counter of a limited coupon: one table
 * transaction changes both, under the condition that neither has changed (ETag).
 */
export function tableRedemptions(tables: TableStorage): Redemptions {
  const couponOf = async (orderId: string) =>
    (await tables.find<{ couponCode: string }>(orderPartition(orderId), ORDER_ROW))?.couponCode
  const write = (actions: TransactionAction[]) =>
    tables.unlessOvertaken((table, options) => table.submitTransaction(actions, options))

  return {
    couponOf,

    async bind(orderId, couponCode) {
      const entity = { partitionKey: orderPartition(orderId), rowKey: ORDER_ROW, couponCode }
      if (await tables.unlessOvertaken((table, options) => table.createEntity(entity, options)))
        return couponCode
      const bound = await couponOf(orderId)
      if (bound === undefined) throw new Error(`the coupon of order ${orderId} is gone`)
      return bound
    },

    async read(coupon, orderId) {
      const [redemption, use] = await Promise.all([
        tables.find<{ status: Redemption["status"] }>(coupon.code, redemptionRow(orderId)),
        coupon.maxRedemptions === undefined ? undefined : tables.find<Use>(coupon.code, USE_ROW),
      ])
      return {
        existing: redemption && { orderId, couponCode: coupon.code, status: redemption.status },
        use: { taken: use?.taken ?? 0 },
        etags: { ...(redemption && { redemption: redemption.etag }), ...(use && { use: use.etag }) },
      }
    },

    async write({ code, maxRedemptions }, { existing, use, etags }, next, at) {
      const redemption = { rowKey: redemptionRow(next.orderId), status: next.status, changedAt: at }
      const actions = [conditional(code, redemption, etags.redemption)]
      const change = Number(counts(next.status)) - Number(counts(existing?.status))
      if (maxRedemptions !== undefined && change !== 0)
        actions.push(conditional(code, { rowKey: USE_ROW, taken: use.taken + change }, etags.use))
      return await write(actions)
    },

    async recount({ code }) {
      // Every change of the count changes its ETag: if it is still the same at the end, so is what was counted.
      const use = await tables.find<Use>(code, USE_ROW)
      const taken = await countTaken(tables, code)
      if (taken === (use?.taken ?? 0)) return true
      return await write([conditional(code, { rowKey: USE_ROW, taken }, use?.etag)])
    },
  }
}
