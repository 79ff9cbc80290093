import { saga } from "@eshop/building-blocks/durable/saga"
import { OrderId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { checkoutAbandoned, reasonOf } from "@eshop/domain/ordering/cancel-reasons"
import * as z from "zod"
import { couponReleased } from "./coupon.ts"
import { orderCancelled, orderRead } from "./order-steps.ts"
import { paymentUndone } from "./payment.ts"

/**
 * Leads an order back whose checkout saga has ended without leading it anywhere: it failed, or somebody terminated it.
 * Nobody knows how far it had come: everything that it may hold is given back.
 */
export const abandonedCheckout = saga("abandoned-checkout", {
  input: z.object({ orderId: OrderId }),
  steps: [orderRead, paymentUndone, couponReleased, orderCancelled],
  deadlineMinutes: 60,

  *run(saga, { orderId }) {
    const order = yield* saga.untilDone(orderRead, { orderId })
    if (isRefusal(order)) return order.code
    const { status, total, paymentMethod, couponCode } = order
    if (!paymentMethod) return status
    // Before that it holds its stock at the most, which Catalog gives back when it hears of the end.
    if (status === "AwaitingPayment") {
      if (total.amount > 0) yield* saga.untilDone(paymentUndone, { orderId, amount: total, paymentMethod })
      if (couponCode !== undefined) yield* saga.untilDone(couponReleased, { orderId, couponCode })
    }
    const reason = reasonOf(checkoutAbandoned())
    const cancelled = yield* saga.untilDone(orderCancelled, { orderId, reason })
    return isRefusal(cancelled) ? cancelled.code : cancelled.status
  },
})
