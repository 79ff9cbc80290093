import { Coupon } from "@eshop/domain/discount/coupon"
import type { Coupons } from "../coupons/ports.ts"
import type { TableStorage } from "./table-storage.ts"

const DEFINITION = "coupon"

/** Coupons as entities: the partition is the code, the definition one JSON property. */
export const tableCoupons = (tables: TableStorage): Coupons => ({
  async find(code) {
    const entity = await tables.find<{ definition: string }>(code, DEFINITION)
    return entity && Coupon.parse(JSON.parse(entity.definition))
  },

  async addMissing(coupons) {
    const added = await Promise.all(
      coupons.map((coupon) =>
        tables.unlessOvertaken((table, options) =>
          table.createEntity(
            { partitionKey: coupon.code, rowKey: DEFINITION, definition: JSON.stringify(coupon) },
            options,
          ),
        ),
      ),
    )
    return added.filter(Boolean).length
  },
})
