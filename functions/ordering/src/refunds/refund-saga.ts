import { inWords } from "@eshop/building-blocks/durable/position"
import { type SagaContext, type Steps, saga } from "@eshop/building-blocks/durable/saga"
import { PaymentReported } from "@eshop/domain/contracts/ordering-events"
import { OrderId, RefundId } from "@eshop/domain/kernel/ids"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import type { RefundOutcome } from "@eshop/domain/payment/payment"
import * as z from "zod"
import { operatorsReminded } from "../fulfilment/remind-operators.ts"
import { attentionNoted } from "../sagas/attention.ts"
import { refundChecked, refundFailed, refundPaid, refundRead, refundSettled } from "./refund-steps.ts"

/** The event by which the saga hears that the provider has reported something about the refund. */
export const PAYMENT_REPORTED = "payment-reported"
export const refundIdOf = (orderId: string, refundId: string): string => `${orderId}-refund-${refundId}`

/** A pending refund is asked for again after pauses that grow. */
const FIRST_POLL_MINUTES = 1
const LONGEST_POLL_MINUTES = 24 * 60
/** Banks take up to ten days. */
const PATIENCE_DAYS = 10

const steps = [refundRead, refundPaid, refundChecked, refundSettled, refundFailed, operatorsReminded] as const
const { paymentId, report } = PaymentReported.data.shape
const events = { [PAYMENT_REPORTED]: z.object({ paymentId, report }) } as const
type Saga = SagaContext<(typeof steps)[number], typeof events>
type Refund = { readonly orderId: string; readonly refundId: string }

/**
 * Money goes back, once: the provider knows the refund by its id, however often it is asked. A refund that it refuses
 * has failed; the money that it was for is free for another one, which an operator asks for under an id of its own,
 * since the provider answers a repeated one as it did before.
 */
export const refund = saga("refund", {
  input: z.object({ orderId: OrderId, refundId: RefundId }),
  steps,
  events,
  attention: attentionNoted,
  deadlineMinutes: 60,

  *run(saga, { orderId, refundId }) {
    saga.at("reading-refund", "reads what is to go back")
    const requested = yield* saga.untilDone(refundRead, { orderId, refundId })
    if (isRefusal(requested)) return requested.code
    const { status, paymentId, amount } = requested
    if (status !== "requested") return status

    saga.at("refunding-payment", "asks the payment provider to give the money back")
    const answer = yield* saga.untilDone(refundPaid, { orderId, refundId, paymentId, amount })
    const outcome =
      answer.type === "pending"
        ? yield* settled(saga, { orderId, refundId }, answer.providerRefundId)
        : answer

    if (outcome.type === "refused") {
      const { code } = outcome
      yield* saga.untilDone(refundFailed, { orderId, refundId, code })
      const detail = `refund ${refundId} was refused (${code}): ask for another one`
      yield* saga.untilDone(operatorsReminded, { orderId, alarm: "refund-failed", detail })
      saga.at("refused", `the payment provider has refused it (${code})`)
      return "failed"
    }
    saga.at("marking-refunded", "notes that the money has gone back")
    const { providerRefundId } = outcome
    const marked = yield* saga.untilDone(refundSettled, { orderId, refundId, providerRefundId })
    if (isRefusal(marked)) return marked.code
    saga.at("refunded", "the money has gone back")
    return "settled"
  },
})

/** Waits for a refund that needs more time; the provider's report is a reason to ask, not an answer. */
function* settled(
  saga: Saga,
  { orderId, refundId }: Refund,
  providerRefundId: string,
): Steps<Exclude<RefundOutcome, { type: "pending" }>> {
  let patienceEnds = saga.now.getTime() + PATIENCE_DAYS * 24 * 60 * 60_000
  for (let pause = FIRST_POLL_MINUTES; ; pause = Math.min(pause * 2, LONGEST_POLL_MINUTES)) {
    const until = new Date(saga.now.getTime() + pause * 60_000)
    const says = `waits for the payment provider until ${inWords(until, saga.now)}, then asks again`
    saga.at("awaiting-refund", says, until)
    yield* saga.race([PAYMENT_REPORTED], pause)
    const outcome = yield* saga.untilDone(refundChecked, { providerRefundId })
    if (outcome.type !== "pending") return outcome
    if (saga.now.getTime() < patienceEnds) continue
    const detail = `refund ${refundId} has been pending at the provider for ${PATIENCE_DAYS} days`
    yield* saga.untilDone(operatorsReminded, { orderId, alarm: "refund-stalled", detail })
    patienceEnds = saga.now.getTime() + PATIENCE_DAYS * 24 * 60 * 60_000
  }
}
