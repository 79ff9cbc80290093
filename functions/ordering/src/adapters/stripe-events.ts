import type { Stripe } from "stripe"
import type { ProviderEvent, ProviderEvents, Report } from "../payments/ports.ts"
import { reportOfDispute, reportOfPayment, reportOfRefund } from "../payments/reports.ts"
import { loadStripe } from "./stripe-client.ts"
import { disputeOf, idOf, orderIdOf, recordOf, refundIdOf, refundOutcomeOf } from "./stripe-payments.ts"

/** A signature that is older may be a report that somebody has kept and sends again. */
const TOLERANCE_SECONDS = 300

type About = Omit<NonNullable<ProviderEvent["about"]>, "idempotencyKey">

/** The events that the shop's endpoint subscribes to; whatever else comes is ignored. */
function aboutOf(event: Stripe.Event): About | undefined {
  switch (event.type) {
    case "payment_intent.amount_capturable_updated":
    case "payment_intent.payment_failed":
    case "payment_intent.succeeded":
    case "payment_intent.canceled": {
      const { paymentId, orderId, ...record } = recordOf(event.data.object)
      return about(paymentId, orderId, reportOfPayment({ paymentId, ...record }))
    }
    case "refund.updated":
    case "refund.failed": {
      const refund = event.data.object
      const report = reportOfRefund(refundOutcomeOf(refund), refund.id, refundIdOf(refund.metadata))
      return about(idOf(refund.payment_intent), orderIdOf(refund.metadata), report)
    }
    case "charge.dispute.created":
    case "charge.dispute.updated":
    case "charge.dispute.closed": {
      const dispute = disputeOf(event.data.object)
      return dispute && about(dispute.paymentId, undefined, reportOfDispute(dispute))
    }
    default:
      return undefined
  }
}

const about = (
  paymentId: string,
  orderId: string | undefined,
  report: Report | undefined,
): About | undefined => report && { paymentId, ...(orderId && { orderId }), report }

/**
 * Stripe's webhook events (https://docs.stripe.com/webhooks).
 * @param secrets one of them has signed a report: several while they rotate
 */
export const stripeEvents = (secrets: readonly string[]): ProviderEvents => ({
  async read(bytes, headers, now) {
    const { webhooks } = await loadStripe()
    const signature = headers["stripe-signature"] ?? ""
    const time = now.getTime()
    for (const secret of secrets) {
      let event: Stripe.Event
      try {
        event = webhooks.constructEvent(bytes, signature, secret, TOLERANCE_SECONDS, undefined, time)
      } catch {
        // Not signed with this secret, or no event: a header out of shape makes errors of any kind.
        continue
      }
      const about = aboutOf(event)
      const idempotencyKey = event.request?.idempotency_key
      return {
        id: event.id,
        type: event.type,
        ...(about && { about: { ...about, ...(idempotencyKey && { idempotencyKey }) } }),
      }
    }
    return undefined
  },
})
