import { command } from "@eshop/building-blocks/app/use-case"
import { OrderPaid } from "@eshop/domain/contracts/ordering-events"
import * as z from "zod"
import type { CustomerOrders } from "../coupons/ports.ts"

/**
 * Remembers who has ordered: a first order is the customer's only once. Said again it changes nothing, also after the
 * order's cancellation.
 */
export const orderPaid = command("discount.order-paid", {
  input: OrderPaid.data,
  result: z.void(),
  isRepeatable: true,
  handle:
    ({ customerOrders }: { customerOrders: CustomerOrders }) =>
    ({ orderId, customerId }, call) =>
      call.commit(() => customerOrders.paid(customerId, orderId)),
})
