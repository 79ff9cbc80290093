import { saga } from "@eshop/building-blocks/durable/saga"
import { OrderId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import { checkoutAbandoned, reasonOf } from "@eshop/domain/ordering/cancel-reasons"
import * as z from "zod"
import { attentionNoted } from "../sagas/attention.ts"
import { checkout } from "./checkout-saga.ts"
import { giveBack, givingBack } from "./give-back.ts"
import { orderRead } from "./order-steps.ts"

/**
 * Leads an order back whose checkout saga has ended without leading it anywhere: it failed, or somebody terminated it.
 * Nobody knows how far it had come: everything that it may hold is given back.
 */
export const abandonedCheckout = saga("abandoned-checkout", {
  input: z.object({ orderId: OrderId }),
  steps: [orderRead, ...givingBack, attentionNoted],
  attention: attentionNoted,
  deadlineMinutes: 60,

  *run(saga, { orderId }) {
    saga.at("leading-back", "gives back what an interrupted checkout held")
    const order = yield* saga.untilDone(orderRead, { orderId })
    if (isRefusal(order)) return order.code
    const { status, total, paymentMethod, couponCode } = order
    if (!paymentMethod) return status
    // Before that it holds its stock at the most.
    const mayHold = status === "AwaitingPayment"
    const held = {
      orderId,
      ...(mayHold && total.amount > 0 && { payment: { amount: total, paymentMethod } }),
      ...(mayHold && couponCode !== undefined && { couponCode }),
    }
    const ended = yield* giveBack(saga, held, reasonOf(checkoutAbandoned()))
    yield* saga.untilDone(attentionNoted, { instanceId: orderId, saga: checkout.name })
    return ended
  },
})
