import { odata, type TableClient } from "@azure/data-tables"
import { Coupon } from "@eshop/domain/discount/coupon"
import type { Coupons, CouponUses } from "../coupons/ports.ts"
import { redemptionRows } from "./table-redemptions.ts"
import { findEntity, reach, unlessOvertaken } from "./table-storage.ts"

const DEFINITION = "coupon"

/** Coupons as entities: the partition is the code, the definition one JSON property. */
export const tableCoupons = (table: TableClient): Coupons => ({
  async find(code) {
    const entity = await findEntity<{ definition: string }>(table, code, DEFINITION)
    return entity && Coupon.parse(JSON.parse(entity.definition))
  },

  async addMissing(coupons) {
    const added = await Promise.all(
      coupons.map((coupon) =>
        unlessOvertaken(() =>
          table.createEntity({
            partitionKey: coupon.code,
            rowKey: DEFINITION,
            definition: JSON.stringify(coupon),
          }),
        ),
      ),
    )
    return added.filter(Boolean).length
  },
})

/** Counts from the counter that the redemptions of a limited coupon keep, or from the redemptions themselves. */
export const tableCouponUses = (table: TableClient): CouponUses => ({
  async count(coupon) {
    if (coupon.maxRedemptions !== undefined)
      return {
        taken: (await findEntity<{ taken: number }>(table, coupon.code, redemptionRows.use))?.taken ?? 0,
      }
    const { first, end } = redemptionRows.range
    const filter = odata`PartitionKey eq ${coupon.code} and RowKey ge ${first} and RowKey lt ${end} and status ne 'released'`
    return await reach(async () => {
      let taken = 0
      for await (const _ of table.listEntities({ queryOptions: { filter, select: ["RowKey"] } })) taken++
      return { taken }
    })
  },
})
