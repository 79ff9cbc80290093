import { STEP_FAILED, STEP_UNAVAILABLE } from "@eshop/building-blocks/durable/orchestrator"
import { type Reason, type SagaContext, type Steps, saga } from "@eshop/building-blocks/durable/saga"
import { Shortage } from "@eshop/domain/contracts/catalog-events"
import { stockInsufficient } from "@eshop/domain/contracts/stock-holds"
import { OrderId } from "@eshop/domain/kernel/ids"
import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import {
  checkoutStepFailed,
  paymentActionRequired,
  paymentDeclined,
  paymentUnavailable,
  reasonOf,
  stockNoAnswer,
} from "@eshop/domain/ordering/cancel-reasons"
import type { CancelReason } from "@eshop/domain/ordering/order-events"
import * as z from "zod"
import { couponConfirmed, couponReserved } from "./coupon.ts"
import { orderCancelled, orderPaid, orderRead, stockConfirmed } from "./order-steps.ts"
import { paymentAuthorised, paymentCaptured, paymentChecked } from "./payment.ts"

/** The events by which Catalog's answer reaches the saga. */
export const STOCK_RESERVED = "stock-reserved"
export const STOCK_REJECTED = "stock-rejected"

/** How long the saga waits for Catalog, and for a payment that needs more time. */
const STOCK_DEADLINE_MINUTES = 10
const PAYMENT_DEADLINE_MINUTES = 15
/** A payment that needs more time is asked for again after pauses that grow. */
const FIRST_POLL_SECONDS = 2
const LONGEST_POLL_SECONDS = 30
/** No payment was needed: a coupon made the order free. */
const FREE = "none"

const steps = [
  orderRead,
  stockConfirmed,
  couponReserved,
  couponConfirmed,
  paymentAuthorised,
  paymentChecked,
  paymentCaptured,
  orderPaid,
  orderCancelled,
] as const
const events = {
  [STOCK_RESERVED]: z.object({ expiresAt: z.iso.datetime() }),
  [STOCK_REJECTED]: z.object({ shortages: z.array(Shortage) }),
} as const

type Saga = SagaContext<(typeof steps)[number], typeof events>
type Payment = Parameters<Saga["take"]>[1] & z.input<(typeof paymentAuthorised)["input"]>

/**
 * The way of an order: stock → coupon → payment authorised → coupon confirmed → captured → paid. Until the capture
 * every failure leads back: what was done is undone, last first, and the order is cancelled with its reason. It ends
 * before a reservation of stock does.
 */
export const checkout = saga("checkout", {
  input: z.object({ orderId: OrderId }),
  steps,
  events,
  deadlineMinutes: 25,

  *run(saga, { orderId }) {
    const order = yield* saga.untilDone(orderRead, { orderId })
    if (isRefusal(order)) return "Unknown"
    const { couponCode, customerId, total, paymentMethod } = order
    if (!paymentMethod) return order.status
    if (order.status === "AwaitingStock") yield* awaitStock(saga, orderId)

    if (couponCode !== undefined) {
      saga.at("reserving-coupon")
      yield* saga.take(couponReserved, { orderId, couponCode, customerId })
    }
    const isFree = total.amount === 0
    const paymentId = isFree ? FREE : yield* authorise(saga, { orderId, amount: total, paymentMethod })
    if (couponCode !== undefined) {
      saga.at("confirming-coupon")
      yield* saga.take(couponConfirmed, { orderId, couponCode })
    }
    if (!isFree) {
      saga.at("capturing-payment")
      const capture = yield* saga.take(paymentCaptured, { orderId, paymentId })
      if (capture.type === "refused") refuse(saga, paymentDeclined({ providerCode: capture.code }))
    }

    saga.at("marking-paid")
    const paid = yield* saga.untilDone(orderPaid, { orderId, paymentId, captured: total })
    if (isRefusal(paid)) refuse(saga, paid)
    saga.at("paid")
    return "Paid"
  },

  *ledBack(saga, { orderId }, reason) {
    const cancelled = yield* saga.untilDone(orderCancelled, { orderId, reason: cancelReasonOf(reason) })
    if (isRefusal(cancelled)) return cancelled.code
    saga.at("cancelled")
    return cancelled.status
  },
})

function* awaitStock(saga: Saga, orderId: string): Steps<void> {
  saga.at("awaiting-stock")
  const answer = yield* saga.race([STOCK_RESERVED, STOCK_REJECTED], STOCK_DEADLINE_MINUTES)
  if (!answer) return refuse(saga, stockNoAnswer())
  if (answer.event === STOCK_REJECTED) return refuse(saga, stockInsufficient(answer.data))
  yield* saga.take(stockConfirmed, { orderId })
}

/** @returns the payment's id */
function* authorise(saga: Saga, payment: Payment): Steps<string> {
  saga.at("authorising-payment")
  const deadline = saga.now.getTime() + PAYMENT_DEADLINE_MINUTES * 60_000
  let outcome = yield* saga.take(paymentAuthorised, payment)
  for (
    let pause = FIRST_POLL_SECONDS;
    outcome.type === "processing";
    pause = Math.min(pause * 2, LONGEST_POLL_SECONDS)
  ) {
    if (saga.now.getTime() > deadline) return refuse(saga, paymentUnavailable())
    yield* saga.pause(pause)
    outcome = yield* saga.take(paymentChecked, { paymentId: outcome.paymentId })
  }
  if (outcome.type === "action-required") return refuse(saga, paymentActionRequired())
  if (outcome.type === "declined") return refuse(saga, paymentDeclined({ providerCode: outcome.code }))
  return outcome.paymentId
}

function refuse(saga: Saga, { code, detail, data }: Refusal): never {
  return saga.leadBack({ code, detail, ...(data && { data }) })
}

/** What the customer is told: never more than codes and sentences of ours. */
export function cancelReasonOf({ code, detail, data }: Reason): CancelReason {
  const step = typeof data?.step === "string" ? data.step : ""
  if (code === STEP_UNAVAILABLE && step.endsWith("-payment")) return reasonOf(paymentUnavailable())
  if (code === STEP_UNAVAILABLE || code === STEP_FAILED) return reasonOf(checkoutStepFailed({ step }))
  return { code, detail, ...(data && { data: { ...data } }) }
}
