import type { Checkout } from "@eshop/domain/events/basket-events"
import type { Shortage } from "@eshop/domain/events/catalog-events"
import type { CancelReason, OrderStatus } from "@eshop/domain/ordering/order"
import type { AuthorisationOutcome, CaptureOutcome } from "@eshop/domain/payment/payment"
import { isRefusal, type Refusal } from "@eshop/domain/refusal"
import type { OrchestrationContext, RetryOptions, Task } from "durable-functions"
import * as df from "durable-functions"

/** What the saga starts with. Its instance id is the checkout's id, which is the order's id. */
export type CheckoutInput = { readonly checkout: Checkout; readonly traceparent?: string }

/** The external event by which Catalog's answer reaches the saga. */
export const STOCK_ANSWER = "stock-answer"
export type StockAnswer =
  | { readonly outcome: "reserved" }
  | { readonly outcome: "rejected"; readonly shortages: readonly Shortage[] }

/** How long the saga waits for Catalog, and for a payment that needs more time. Both end before a reservation does. */
const STOCK_DEADLINE_MINUTES = 10
const PAYMENT_DEADLINE_MINUTES = 15
const PAYMENT_POLL_SECONDS = 2

/** A compensation that failed this often shows as "needs attention"; it is still tried again. */
const ATTENTION_AFTER = 5
const LONGEST_PAUSE_SECONDS = 300

type Steps = Generator<Task, unknown, unknown>
type Step<T> = Generator<Task, T, unknown>

/** Steps that may fail for a while: tried 6 times over about 15 seconds, then the order is cancelled. */
const patient = (): RetryOptions => {
  const options = new df.RetryOptions(500, 6)
  options.backoffCoefficient = 2
  return options
}

/**
 * The way of an order: create → stock → coupon → payment authorised → coupon confirmed → captured → paid. Until the
 * capture every failure leads back: what was done is undone, last first, and the order is cancelled with its reason.
 * After the capture there is only forward. The orchestrator is deterministic; every effect is an activity that is
 * idempotent by order id.
 * @returns the state that the order ended in
 */
export function* checkoutSaga(context: OrchestrationContext): Steps {
  const { checkout, traceparent } = context.df.getInput() as CheckoutInput
  const orderId = checkout.checkoutId
  const { couponCode, total } = checkout
  const saga = steps(context, traceparent)

  const created = yield* saga.untilDone<{ status: OrderStatus }>("create-order", checkout)
  if (created.status !== "AwaitingStock" && created.status !== "AwaitingPayment") return created.status
  const compensations: { step: string; input: unknown }[] = []

  try {
    if (created.status === "AwaitingStock") {
      saga.at("awaiting-stock")
      const answer = yield* saga.answer<StockAnswer>(STOCK_ANSWER, STOCK_DEADLINE_MINUTES)
      if (answer?.outcome !== "reserved") return yield* cancel(stockRefusal(answer))
      refuseIf(yield* saga.attempt<unknown>("confirm-stock", { orderId }))
    }

    if (couponCode !== undefined) {
      saga.at("reserving-coupon")
      compensations.push({ step: "release-coupon", input: { orderId, couponCode } })
      refuseIf(yield* saga.attempt<unknown>("reserve-coupon", { orderId, couponCode }))
    }

    // An order that a coupon made free has nothing to authorise.
    const paymentId = total.amount === 0 ? "none" : yield* authorise()

    if (couponCode !== undefined) {
      saga.at("confirming-coupon")
      refuseIf(yield* saga.attempt<unknown>("confirm-coupon", { orderId, couponCode }))
    }

    if (total.amount > 0) {
      saga.at("capturing-payment")
      const capture = yield* saga.attempt<CaptureOutcome>("capture-payment", { orderId, paymentId })
      if (capture.type === "refused") throw new Cancelled(paymentRefusal(capture.code))
    }

    saga.at("marking-paid")
    const paid = yield* saga.untilDone<{ status: OrderStatus } | Refusal>("mark-paid", {
      orderId,
      paymentId,
      captured: total,
    })
    refuseIf(paid)
    saga.at("paid")
    return "Paid"
  } catch (error) {
    return yield* cancel(reasonOf(error))
  }

  function* authorise(): Step<string> {
    saga.at("authorising-payment")
    compensations.push({ step: "undo-payment", input: { orderId } })
    const deadline = context.df.currentUtcDateTime.getTime() + PAYMENT_DEADLINE_MINUTES * 60_000
    let outcome = yield* saga.attempt<AuthorisationOutcome>("authorise-payment", {
      orderId,
      amount: total,
      paymentMethod: checkout.paymentMethod,
    })
    while (outcome.type === "processing") {
      if (context.df.currentUtcDateTime.getTime() > deadline) throw new Cancelled(paymentRefusal("timeout"))
      yield* saga.pause(PAYMENT_POLL_SECONDS)
      outcome = yield* saga.attempt<AuthorisationOutcome>("check-payment", { paymentId: outcome.paymentId })
    }
    if (outcome.type === "declined") throw new Cancelled(paymentRefusal(outcome.code))
    return outcome.paymentId
  }

  function* cancel(reason: CancelReason): Step<string> {
    saga.at("cancelling")
    for (const { step, input } of compensations.reverse()) yield* saga.untilDone(step, input)
    yield* saga.untilDone("cancel-order", { orderId, reason })
    saga.at("cancelled")
    return "Cancelled"
  }
}

/** The ways in which the saga takes a step. */
function steps(context: OrchestrationContext, traceparent: string | undefined) {
  const wrap = (data: unknown) => ({ data, ...(traceparent && { traceparent }) })

  function* pause(seconds: number): Step<void> {
    yield context.df.createTimer(new Date(context.df.currentUtcDateTime.getTime() + seconds * 1_000))
  }

  return {
    pause,
    /** What an inspector of the saga sees. */
    at(step: string): void {
      context.df.setCustomStatus({ step })
    },
    /** Tries a step a few times, then throws. */
    *attempt<T>(activity: string, input: unknown): Step<T> {
      return (yield context.df.callActivityWithRetry(activity, patient(), wrap(input))) as T
    },
    /** Tries a step until it is done: for what must not be left half-way. */
    *untilDone<T>(activity: string, input: unknown): Step<T> {
      for (let attempt = 1; ; attempt++) {
        try {
          return (yield context.df.callActivity(activity, wrap(input))) as T
        } catch (error) {
          if (attempt >= ATTENTION_AFTER)
            context.df.setCustomStatus({ step: activity, needsAttention: (error as Error).message, attempt })
          yield* pause(Math.min(2 ** (attempt - 1), LONGEST_PAUSE_SECONDS))
        }
      }
    },
    /** Waits for an external event; undefined when the deadline comes first. */
    *answer<T>(event: string, minutes: number): Step<T | undefined> {
      const answered = context.df.waitForExternalEvent(event)
      const deadline = context.df.createTimer(
        new Date(context.df.currentUtcDateTime.getTime() + minutes * 60_000),
      )
      const winner = yield context.df.Task.any([answered, deadline])
      if (winner !== answered) return undefined
      deadline.cancel()
      return answered.result as T
    },
  }
}

/** Thrown inside the saga to lead it back; never leaves it. */
class Cancelled extends Error {
  readonly reason: CancelReason
  constructor(reason: CancelReason) {
    super(reason.code)
    this.reason = reason
  }
}

function refuseIf(outcome: unknown): void {
  if (!isRefusal(outcome)) return
  const { code, detail, data } = outcome
  throw new Cancelled({ code, detail, ...(data && { data }) })
}

const reasonOf = (error: unknown): CancelReason =>
  error instanceof Cancelled
    ? error.reason
    : {
        code: "checkout.step-failed",
        detail: "A step of the checkout failed again and again.",
        data: { message: (error as Error).message },
      }

const stockRefusal = (answer: StockAnswer | undefined): CancelReason =>
  answer?.outcome === "rejected"
    ? { code: "stock.insufficient", detail: "Not enough stock.", data: { shortages: answer.shortages } }
    : { code: "stock.no-answer", detail: "The stock could not be reserved in time." }

const paymentRefusal = (code: string): CancelReason => ({
  code: "payment.declined",
  detail: "The payment was not accepted.",
  data: { providerCode: code },
})
