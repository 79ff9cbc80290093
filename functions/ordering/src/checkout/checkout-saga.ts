import { OPERATOR_COMPENSATED } from "@eshop/building-blocks/durable/attempts"
import { STEP_FAILED, STEP_UNAVAILABLE } from "@eshop/building-blocks/durable/orchestrator"
import { inWords } from "@eshop/building-blocks/durable/position"
import { type Reason, type SagaContext, type Steps, saga } from "@eshop/building-blocks/durable/saga"
import { Shortage } from "@eshop/domain/contracts/catalog-events"
import { stockInsufficient } from "@eshop/domain/contracts/stock-holds"
import { OrderId, PaymentId } from "@eshop/domain/kernel/ids"
import { isRefusal, type Refusal } from "@eshop/domain/kernel/refusal"
import {
  checkoutEnded,
  checkoutStepFailed,
  customerAsked,
  paymentActionRequired,
  paymentDeclined,
  paymentUnavailable,
  reasonOf,
  stockExpired,
  stockNoAnswer,
} from "@eshop/domain/ordering/cancel-reasons"
import type { CancelReason } from "@eshop/domain/ordering/order-events"
import type { AuthorisationOutcome } from "@eshop/domain/payment/payment"
import * as z from "zod"
import { attentionNoted } from "../sagas/attention.ts"
import { couponConfirmed, couponReserved } from "./coupon.ts"
import { giveBack, givingBack } from "./give-back.ts"
import { actionAsked, CheckoutFacts, orderCancelled, orderPaid, orderRead } from "./order-steps.ts"
import { paymentAuthorised, paymentCaptured, paymentChecked } from "./payment.ts"

/** The events by which Catalog's answers reach the saga. */
export const STOCK_RESERVED = "stock-reserved"
export const STOCK_REJECTED = "stock-rejected"
export const STOCK_EXPIRED = "stock-expired"
/** The customer wants the order no more. */
export const CANCEL = "cancel"
/** The payment provider has reported something: the saga asks it how the payment stands. */
export const PAYMENT_REPORTED = "payment-reported"

/** How long the saga waits for Catalog. */
const STOCK_DEADLINE_MINUTES = 10
/** After so long without Catalog's answer the order itself is read: soon, for a shopper who watches, and once more. */
const LOOKS_AFTER_MINUTES = [0.25, 1, STOCK_DEADLINE_MINUTES]
/** So long before the stock's end nothing is captured any more: the clocks of two apps differ, and messages take time. */
const MARGIN_MINUTES = 5
/** The net under the provider's reports: a payment that needs more time is asked for after pauses that double. */
const FIRST_POLL_SECONDS = 2
const LONGEST_POLL_SECONDS = 120
/** No payment was needed: a coupon made the order free. */
const FREE = "none"

const steps = [
  orderRead,
  couponReserved,
  couponConfirmed,
  paymentAuthorised,
  actionAsked,
  paymentChecked,
  paymentCaptured,
  orderPaid,
  ...givingBack,
] as const
const events = {
  [STOCK_RESERVED]: CheckoutFacts,
  [STOCK_REJECTED]: z.object({ shortages: z.array(Shortage) }),
  [STOCK_EXPIRED]: z.object({}),
  [CANCEL]: z.object({}),
  [PAYMENT_REPORTED]: z.object({ paymentId: PaymentId }),
} as const

type Saga = SagaContext<(typeof steps)[number], typeof events>
type Payment = z.input<(typeof paymentAuthorised)["input"]>

/**
 * The way of an order: stock → coupon → payment authorised → coupon confirmed → captured → paid. Until the capture
 * every failure, the customer and the end of the stock's reservation lead back: what was done is undone, last first, and
 * the order is cancelled with its reason. Nothing is captured when the reservation is about to end.
 */
export const checkout = saga("checkout", {
  input: z.object({ orderId: OrderId }),
  steps,
  events,
  interrupts: { [CANCEL]: reasonOf(customerAsked()), [STOCK_EXPIRED]: reasonOf(stockExpired()) },
  attention: attentionNoted,
  deadlineMinutes: 25,

  *run(saga, { orderId }) {
    const order = yield* awaitStock(saga, orderId)
    if (!order) return "Unknown"
    const { couponCode, customerId, total, paymentMethod, reservedUntil, graceUntil } = order
    if (!paymentMethod || reservedUntil === undefined) return order.status
    saga.deadline = new Date(Date.parse(reservedUntil) - MARGIN_MINUTES * 60_000)

    if (couponCode !== undefined) {
      saga.at("reserving-coupon", "takes a use of the coupon")
      yield* saga.take(couponReserved, { orderId, couponCode, customerId })
    }
    if (graceUntil) yield* awaitEndOfGrace(saga, new Date(graceUntil))
    const isFree = total.amount === 0
    const payment = { orderId, amount: total, paymentMethod }
    const paymentId = isFree ? FREE : yield* authorise(saga, payment)
    if (couponCode !== undefined) {
      saga.at("confirming-coupon", "makes the use of the coupon final")
      yield* saga.take(couponConfirmed, { orderId, couponCode })
    }

    yield* saga.lastInterruption()
    unlessExpired(saga)
    const paid = { orderId, paymentId, captured: total }
    const isMarked = !isFree && (yield* capture(saga, paid))
    saga.pointOfNoReturn()
    if (!isMarked) {
      saga.at("marking-paid", "marks the order as paid")
      const marked = yield* saga.untilDone(orderPaid, paid)
      if (isRefusal(marked)) {
        // Somebody else has ended the order meanwhile: what it has no use for goes back.
        const coupon = couponCode !== undefined && { couponCode }
        const held = { orderId, ...coupon, ...(!isFree && { payment: { ...payment, paymentId } }) }
        return yield* giveBack(saga, held, reasonOf(marked))
      }
    }
    saga.at("paid", "has led the order to its payment")
    if (!(yield* saga.hasHeard(CANCEL))) return "Paid"
    // It was said while the money was being taken: the order is ended as one that is paid.
    return yield* giveBack(saga, { orderId }, reasonOf(customerAsked()))
  },

  *ledBack(saga, { orderId }, reason) {
    const cancelled = yield* saga.untilDone(orderCancelled, { orderId, reason: cancelReasonOf(reason) })
    if (isRefusal(cancelled)) return cancelled.code
    saga.at("cancelled", "has led the order back")
    return cancelled.status
  },
})

/**
 * Waits for Catalog's answer, which brings the order along. Where none comes the order is read: its stock may be
 * confirmed, or it may have moved on without this saga, which then does nothing.
 * @returns undefined where there is no such order
 */
function* awaitStock(saga: Saga, orderId: string): Steps<CheckoutFacts | undefined> {
  const until = new Date(saga.now.getTime() + STOCK_DEADLINE_MINUTES * 60_000)
  const says = `waits for the stock until ${inWords(until, saga.now)}, then cancels`
  for (const [look, minutes] of LOOKS_AFTER_MINUTES.entries()) {
    saga.at("awaiting-stock", says, until)
    const waited = LOOKS_AFTER_MINUTES[look - 1] ?? 0
    const answer = yield* saga.race([STOCK_RESERVED, STOCK_REJECTED], minutes - waited)
    if (answer?.event === STOCK_REJECTED) return refuse(saga, stockInsufficient(answer.data))
    if (answer) return answer.data
    saga.at("reading-order", "reads the order")
    const order = yield* saga.untilDone(orderRead, { orderId })
    if (isRefusal(order)) return undefined
    if (!order.paymentMethod || order.reservedUntil !== undefined) return order
  }
  return refuse(saga, stockNoAnswer())
}

function* awaitEndOfGrace(saga: Saga, until: Date): Steps<void> {
  const seconds = (until.getTime() - saga.now.getTime()) / 1_000
  if (seconds <= 0) return
  saga.at("awaiting-end-of-grace", `can be cancelled for nothing until ${inWords(until, saga.now)}`, until)
  yield* saga.pause(seconds)
}

/** @returns the id of the payment, which is set aside */
function* authorise(saga: Saga, payment: Payment): Steps<string> {
  unlessExpired(saga)
  saga.at("authorising-payment", "asks the payment provider to set the money aside")
  let outcome = yield* saga.take(paymentAuthorised, payment)
  let askedAt: string | undefined
  for (let pause = FIRST_POLL_SECONDS; isOpen(outcome); pause = Math.min(pause * 2, LONGEST_POLL_SECONDS)) {
    const { paymentId } = outcome
    if (outcome.type === "action-required") {
      const { redirectUrl } = outcome
      if (!redirectUrl) return refuse(saga, paymentActionRequired())
      if (redirectUrl !== askedAt)
        yield* saga.take(actionAsked, { orderId: payment.orderId, paymentId, redirectUrl })
      askedAt = redirectUrl
    }
    yield* awaitReport(saga, outcome, pause)
    outcome = yield* saga.take(paymentChecked, { paymentId })
  }
  if (outcome.type === "declined") return refuse(saga, paymentDeclined({ providerCode: outcome.code }))
  return outcome.paymentId
}

type OpenOutcome = Extract<AuthorisationOutcome, { type: "processing" | "action-required" }>
const isOpen = (outcome: AuthorisationOutcome): outcome is OpenOutcome =>
  outcome.type === "processing" || outcome.type === "action-required"

/** Waits for a report of the provider, so long at the most; leads back once the time of the stock is over. */
function* awaitReport(saga: Saga, { type }: OpenOutcome, seconds: number): Steps<void> {
  const { deadline, now } = saga
  const left = (deadline.getTime() - now.getTime()) / 1_000
  const isCustomers = type === "action-required"
  if (left <= 0) return refuse(saga, isCustomers ? paymentActionRequired() : paymentUnavailable())
  const what = isCustomers ? "the customer to confirm the payment" : "the payment"
  const says = `waits for ${what} until ${inWords(deadline, now)}, then cancels`
  saga.at(isCustomers ? "awaiting-confirmation" : "awaiting-payment", says, deadline)
  yield* saga.race([PAYMENT_REPORTED], Math.min(seconds, left) / 60)
}

/** @returns whether the order is marked as paid as well */
function* capture(saga: Saga, payment: z.input<(typeof paymentCaptured)["input"]>): Steps<boolean> {
  saga.at("capturing-payment", "takes the money")
  const captured = yield* saga.take(paymentCaptured, payment)
  if (captured.type === "refused") return refuse(saga, paymentDeclined({ providerCode: captured.code }))
  return captured.type === "paid"
}

function unlessExpired(saga: Saga): void {
  if (saga.now >= saga.deadline) refuse(saga, stockExpired())
}

function refuse(saga: Saga, refusal: Refusal): never {
  return saga.leadBack(reasonOf(refusal))
}

/** What the customer is told: never more than codes and sentences of ours. */
export function cancelReasonOf({ code, detail, data }: Reason): CancelReason {
  const step = typeof data?.step === "string" ? data.step : ""
  if (code === STEP_UNAVAILABLE && step.endsWith("-payment")) return reasonOf(paymentUnavailable())
  if (code === STEP_UNAVAILABLE || code === STEP_FAILED) return reasonOf(checkoutStepFailed({ step }))
  if (code === OPERATOR_COMPENSATED) return reasonOf(checkoutEnded())
  return { code, detail, ...(data && { data: { ...data } }) }
}
