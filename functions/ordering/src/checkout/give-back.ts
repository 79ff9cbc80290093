import type { SagaContext, Steps } from "@eshop/building-blocks/durable/saga"
import type { Money } from "@eshop/domain/kernel/money"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import type { CancelReason } from "@eshop/domain/ordering/order-events"
import { couponReleased } from "./coupon.ts"
import { orderCancelled } from "./order-steps.ts"
import { paymentUndone } from "./payment.ts"

/** The steps of {@link giveBack}. */
export const givingBack = [paymentUndone, couponReleased, orderCancelled] as const

/** What an order may hold besides its stock, which Catalog gives back when it hears of the end. */
type Held = {
  readonly orderId: string
  readonly payment?: { readonly amount: Money; readonly paymentMethod: string; readonly paymentId?: string }
  readonly couponCode?: string
}

/**
 * Gives everything back that an order may hold, where no undo does, and ends the order.
 * @returns the state that the order ended in, or why it cannot be ended
 */
export function* giveBack(
  saga: Pick<SagaContext<(typeof givingBack)[number], never>, "untilDone">,
  { orderId, payment, couponCode }: Held,
  reason: CancelReason,
): Steps<string> {
  if (payment) yield* saga.untilDone(paymentUndone, { orderId, ...payment })
  if (couponCode !== undefined) yield* saga.untilDone(couponReleased, { orderId, couponCode })
  const cancelled = yield* saga.untilDone(orderCancelled, { orderId, reason })
  return isRefusal(cancelled) ? cancelled.code : cancelled.status
}
