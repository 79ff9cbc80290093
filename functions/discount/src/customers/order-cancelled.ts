import { command } from "@eshop/building-blocks/app/use-case"
import type { ErasedCustomers } from "@eshop/building-blocks/personal-data/erased-customers"
import { OrderCancelled } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import type { CustomerOrders } from "../coupons/ports.ts"
import type { Redemptions } from "../redemptions/ports.ts"
import { giveBack } from "../redemptions/release-redemption.ts"
import type { Customers } from "./ports.ts"

type Ports = {
  readonly customerOrders: CustomerOrders
  readonly redemptions: Redemptions
  readonly customers: Customers
  readonly erased: ErasedCustomers
}

/**
 * Gives the use of an order's coupon back: the order ended before its first shipment. It counts as an order of its
 * customer no more. An order that never had a coupon gets none from now on, however late a reservation comes.
 */
export const orderCancelled = command("discount.order-cancelled", {
  input: OrderCancelled.data,
  result: z.void(),
  handle:
    ({ customerOrders, redemptions, customers, erased }: Ports) =>
    ({ orderId, customerId }, call) =>
      call.commit(async () => {
        await customerOrders.cancelled(customerId, orderId)
        const { couponCode, series } = await redemptions.bind(orderId, {})
        if (couponCode !== undefined && series !== undefined)
          await giveBack(redemptions, series, { orderId, couponCode, status: "released" })
        // It may come behind the erasure that waited for it.
        const forgottenUntil = await erased.find(customerId)
        if (forgottenUntil !== undefined) await customers.forget(customerId, new Date(forgottenUntil))
      }),
})
