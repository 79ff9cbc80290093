import { useCase } from "@eshop/building-blocks/app/use-case"
import { cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import { Redemption } from "@eshop/domain/contracts/redemptions"
import { OrderId } from "@eshop/domain/kernel/ids"
import type { Order } from "@eshop/domain/ordering/order"
import * as z from "zod"
import type { Orders } from "./ports.ts"

const cursor = cursorOf("coupon-uses", z.strictObject({ id: OrderId }))

/** How far an order's use of its coupon must have come; undefined before the saga has reserved it. */
function redemptionStatus({ status }: Order): Redemption["status"] | undefined {
  switch (status) {
    case "Submitted":
    case "AwaitingStock":
      return undefined
    case "AwaitingPayment":
      return "reserved"
    case "Cancelled":
      return "released"
    default:
      return "confirmed"
  }
}

/** How far every order's use of its coupon has come, page by page: what Discount's redemptions are reconciled with. */
export const listCouponUses = useCase("ordering.list-coupon-uses", {
  input: z.strictObject({ limit: pageSize, cursor: cursor.schema.optional() }),
  result: z.strictObject({
    items: z.array(z.strictObject(Redemption.shape)),
    nextCursor: z.string().nullable(),
  }),
  handle:
    ({ orders }: { orders: Orders }) =>
    async ({ limit, cursor: after }) => {
      const found = await orders.withCoupons(after?.id, limit + 1)
      const page = found.slice(0, limit)
      const last = page.at(-1)
      return {
        items: page.flatMap((order) => {
          const status = redemptionStatus(order)
          // One coupon per order, as its saga takes it.
          const [couponCode] = order.couponCodes
          return status && couponCode ? [{ orderId: order.id, couponCode, status }] : []
        }),
        nextCursor: found.length > limit && last ? cursor.encode({ id: last.id }) : null,
      }
    },
})
