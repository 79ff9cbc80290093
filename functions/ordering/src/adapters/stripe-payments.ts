import { DependencyUnavailableError } from "@eshop/building-blocks/failure"
import type { AuthorisationOutcome } from "@eshop/domain/payment/payment"
import type { Stripe } from "stripe"
import type { PaymentRequest, Payments, ProviderRecords } from "../payments/ports.ts"
import { type StripeCalls, stripeError } from "./stripe-client.ts"
import { lateReports, listedEventOf } from "./stripe-events.ts"
import { declineCodeOf, disputeOf, recordOf, refundOutcomeOf, refundRecordOf } from "./stripe-objects.ts"

/** What a request was refused for, which no repetition mends; undefined for another kind of error. */
function refusalOf(error: unknown): Stripe.errors.StripeError | undefined {
  const failed = stripeError(error)
  return failed?.type === "StripeCardError" || failed?.type === "StripeInvalidRequestError"
    ? failed
    : undefined
}

const codeOf = ({ decline_code, code, rawType }: Stripe.errors.StripeError): string =>
  decline_code || code || rawType || "unknown"

/** The shopper's browser is sent there: nowhere that runs a script. */
const webAddress = (url: string | null | undefined): string | undefined =>
  url && /^https?:$/.test(URL.parse(url)?.protocol ?? "") ? url : undefined

function outcomeOf(intent: Stripe.PaymentIntent): AuthorisationOutcome {
  const paymentId = intent.id
  switch (intent.status) {
    case "requires_capture":
    case "succeeded":
      return { type: "authorised", paymentId }
    case "processing":
      return { type: "processing", paymentId }
    case "requires_action": {
      const redirectUrl = webAddress(intent.next_action?.redirect_to_url?.url)
      return { type: "action-required", paymentId, ...(redirectUrl && { redirectUrl }) }
    }
    default:
      return { type: "declined", paymentId, code: declineCodeOf(intent) }
  }
}

/** An answer that is no object of Stripe's, nor a list of them, is none, whatever its status. */
const readable =
  (calls: StripeCalls): StripeCalls =>
  async (work) => {
    const answer = await calls(work).catch((error: unknown) => {
      // What Stripe's own package makes of `null`.
      if (error instanceof TypeError) throw new DependencyUnavailableError("payments", error)
      throw error
    })
    const { object, id, data } = answer as { object?: unknown; id?: unknown; data?: unknown }
    if (typeof object === "string" && (typeof id === "string" || Array.isArray(data))) return answer
    throw new DependencyUnavailableError("payments", new Error("its answer is none of Stripe's objects"))
  }

const seconds = (time: Date): number => Math.floor(time.getTime() / 1_000)

/** A page of a list of what was made in a time, newest first. */
const pageOf = (from: Date, to: Date, after: string | undefined, limit: number) => ({
  created: { gte: seconds(from), lt: seconds(to) },
  limit,
  ...(after !== undefined && { starting_after: after }),
})

const unlessMissing = (error: unknown): undefined => {
  if (stripeError(error)?.statusCode === 404) return undefined
  throw error
}

/** Stripe forgets a key after a day: a refund that may be said later than that is looked for first. */
const refundsBy = (call: StripeCalls): Pick<Payments, "refund" | "checkRefund"> => ({
  async refund({ orderId, paymentId, refundId, amount }) {
    const { data } = await call(({ refunds }) => refunds.list({ payment_intent: paymentId, limit: 100 }))
    const made = data.find(({ metadata }) => metadata?.refund_id === refundId)
    if (made) return refundOutcomeOf(made)
    const metadata = { order_id: orderId, refund_id: refundId }
    try {
      const refund = { payment_intent: paymentId, amount: amount.amount, metadata }
      return refundOutcomeOf(
        await call(({ refunds }) => refunds.create(refund, { idempotencyKey: refundId })),
      )
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      return { type: "refused", code: codeOf(refusal) }
    }
  },

  checkRefund: async (providerRefundId) =>
    refundOutcomeOf(await call(({ refunds }) => refunds.retrieve(providerRefundId))),
})

const recordsBy = (call: StripeCalls): Omit<ProviderRecords, "release"> => ({
  find: (paymentId) =>
    call(({ paymentIntents }) => paymentIntents.retrieve(paymentId, { expand: ["latest_charge"] })).then(
      recordOf,
      unlessMissing,
    ),

  findDispute: (disputeId) =>
    call(({ disputes }) => disputes.retrieve(disputeId)).then(disputeOf, unlessMissing),

  findRefund: (providerRefundId) =>
    call(({ refunds }) => refunds.retrieve(providerRefundId, { expand: ["payment_intent"] })).then(
      refundRecordOf,
      unlessMissing,
    ),

  async madeBetween(...within) {
    const { data, has_more } = await call(({ paymentIntents }) =>
      paymentIntents.list({ ...pageOf(...within), expand: ["data.latest_charge"] }),
    )
    return { payments: data.map(recordOf), isLast: !has_more }
  },

  async refundsMadeBetween(...within) {
    const { data, has_more } = await call(({ refunds }) =>
      refunds.list({ ...pageOf(...within), expand: ["data.payment_intent"] }),
    )
    return { refunds: data.map(refundRecordOf), isLast: !has_more }
  },

  async lateReportsMadeBetween(...within) {
    const { data, has_more } = await call(({ events }) =>
      events.list({ ...pageOf(...within), types: [...lateReports] }),
    )
    return { reports: data.map(listedEventOf), isLast: !has_more }
  },
})

/**
 * Payments by Stripe. Idempotency keys are made of the order and the step; Stripe forgets them after a day, so whatever
 * may be said later than that finds out first what has become of it.
 * @param options.returnUrl where the browser goes after an authentication
 */
export function stripePayments(
  calls: StripeCalls,
  options: { returnUrl?: (orderId: string) => string } = {},
): Payments & ProviderRecords {
  const call = readable(calls)
  const retrieve = (paymentId: string) => call(({ paymentIntents }) => paymentIntents.retrieve(paymentId))

  /** Said again with the same key it is answered with the payment that it made the first time. */
  async function authorise({
    orderId,
    amount,
    paymentMethod,
  }: PaymentRequest): Promise<AuthorisationOutcome> {
    const payment: Stripe.PaymentIntentCreateParams = {
      amount: amount.amount,
      currency: amount.currency.toLowerCase(),
      payment_method: paymentMethod,
      allowed_payment_method_types: ["card"],
      capture_method: "manual",
      confirm: true,
      metadata: { order_id: orderId },
      ...(options.returnUrl && { return_url: options.returnUrl(orderId) }),
    }
    try {
      return outcomeOf(
        await call(({ paymentIntents }) =>
          paymentIntents.create(payment, { idempotencyKey: `${orderId}-authorise` }),
        ),
      )
    } catch (error) {
      const refusal = refusalOf(error)
      if (!refusal) throw error
      const paymentId = refusal.payment_intent?.id
      return { type: "declined", ...(paymentId && { paymentId }), code: codeOf(refusal) }
    }
  }

  async function release({ orderId, paymentId }: { orderId: string; paymentId: string }): Promise<void> {
    const { status } = await retrieve(paymentId)
    if (status === "canceled") return
    const released =
      status === "succeeded"
        ? call(({ refunds }) =>
            refunds.create(
              { payment_intent: paymentId, metadata: { order_id: orderId } },
              { idempotencyKey: `${orderId}-refund` },
            ),
          )
        : call(({ paymentIntents }) =>
            paymentIntents.cancel(paymentId, {}, { idempotencyKey: `${orderId}-cancel` }),
          )
    await released.catch((error) => {
      if (stripeError(error)?.code !== "charge_already_refunded") throw error
    })
  }

  return {
    authorise,
    release,

    check: async (paymentId) => outcomeOf(await retrieve(paymentId)),

    async capture({ orderId, paymentId }) {
      const failure = await call(({ paymentIntents }) =>
        paymentIntents.capture(paymentId, {}, { idempotencyKey: `${orderId}-capture` }),
      ).then(
        (intent) =>
          intent.status === "succeeded" ? undefined : new Error(`the capture came to ${intent.status}`),
        (error: Error) => error,
      )
      if (!failure) return { type: "captured", paymentId }
      // No answer does not mean not done: the payment itself tells.
      const { status } = await retrieve(paymentId)
      if (status === "succeeded") return { type: "captured", paymentId }
      if (!refusalOf(failure)) throw failure
      return { type: "refused", paymentId, code: status }
    },

    async undo(payment, known) {
      // The provider's search is not read-after-write: the request's own key tells what came of it.
      const paymentId = known ?? (await authorise(payment)).paymentId
      if (paymentId !== undefined) await release({ orderId: payment.orderId, paymentId })
    },

    ...refundsBy(call),
    ...recordsBy(call),
  }
}
