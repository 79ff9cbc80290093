import { command } from "@eshop/building-blocks/app/use-case"
import { OrderCancelled } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import type { CustomerOrders } from "../coupons/ports.ts"
import type { Redemptions } from "../redemptions/ports.ts"
import { giveBack } from "../redemptions/release-redemption.ts"

/**
 * Gives the use of an order's coupon back: the order ended before its first shipment. It counts as an order of its
 * customer no more. An order that never had a coupon gets none from now on, however late a reservation comes.
 */
export const orderCancelled = command("discount.order-cancelled", {
  input: OrderCancelled.data,
  result: z.void(),
  handle:
    ({ customerOrders, redemptions }: { customerOrders: CustomerOrders; redemptions: Redemptions }) =>
    ({ orderId, customerId }, call) =>
      call.commit(async () => {
        await customerOrders.cancelled(customerId, orderId)
        const { couponCode, series } = await redemptions.bind(orderId, {})
        if (couponCode === undefined || series === undefined) return
        await giveBack(redemptions, series, { orderId, couponCode, status: "released" })
      }),
})
