import { log } from "@eshop/building-blocks/telemetry/log"
import type { Stripe } from "stripe"
import * as z from "zod"
import type { ProviderEvent, ProviderEvents, Report } from "../payments/ports.ts"
import { reportOfDispute, reportOfPayment, reportOfRefund } from "../payments/reports.ts"
import { loadStripe } from "./stripe-client.ts"
import { disputeOf, idOf, orderIdOf, recordOf, refundIdOf, refundOutcomeOf } from "./stripe-objects.ts"

/** A signature that is older may be a report that somebody has kept and sends again. */
const TOLERANCE_SECONDS = 300

type About = Omit<NonNullable<ProviderEvent["about"]>, "idempotencyKey">

const about = (
  paymentId: string,
  orderId: string | undefined,
  report: Report | undefined,
): About | undefined => report && { paymentId, ...(orderId && { orderId }), report }

const Id = z.string().regex(/^[\x21-\x7e]{1,255}$/)
const Amount = z.int().min(0)
const Reference = z.union([Id, z.object({ id: Id })]).nullish()
const Metadata = z.record(z.string(), z.string()).nullish()
const Failure = z.object({ code: z.string().nullish(), decline_code: z.string().nullish() }).nullish()

/** A kind of object that events are about: what is read of it, and what that comes to. */
type Kind<T = never> = { readonly shape: z.ZodType; about(object: T): About | undefined }

const payment: Kind<Stripe.PaymentIntent> = {
  shape: z.object({
    ...{ id: Id, status: z.string(), amount_received: Amount, currency: z.string() },
    ...{ metadata: Metadata, last_payment_error: Failure },
  }),
  about(intent) {
    const { paymentId, orderId, ...record } = recordOf(intent)
    return about(paymentId, orderId, reportOfPayment({ paymentId, ...record }))
  },
}
const refund: Kind<Stripe.Refund> = {
  shape: z.object({
    ...{ id: Id, status: z.string().nullish(), failure_reason: z.string().nullish() },
    ...{ payment_intent: Reference, metadata: Metadata },
  }),
  about(object) {
    const report = reportOfRefund(refundOutcomeOf(object), object.id, refundIdOf(object.metadata))
    return about(idOf(object.payment_intent), orderIdOf(object.metadata), report)
  },
}
/** The shop's own refunds are answered where they are asked for: this is for those that somebody makes at the provider. */
const newRefund: Kind<Stripe.Refund> = {
  shape: refund.shape,
  about: (object) => (refundIdOf(object.metadata) === undefined ? refund.about(object) : undefined),
}
const dispute: Kind<Stripe.Dispute> = {
  shape: z.object({
    ...{ id: Id, status: z.string(), reason: z.string() },
    ...{ amount: Amount, currency: z.string(), payment_intent: Reference },
  }),
  about(object) {
    const record = disputeOf(object)
    return record && about(record.paymentId, undefined, reportOfDispute(record))
  },
}

/** By type, the events that the shop's endpoint subscribes to; whatever else comes is ignored. */
const kinds = new Map<string, Kind>([
  ["payment_intent.amount_capturable_updated", payment],
  ["payment_intent.payment_failed", payment],
  ["payment_intent.succeeded", payment],
  ["payment_intent.canceled", payment],
  ["refund.created", newRefund],
  ["refund.updated", refund],
  ["refund.failed", refund],
  ["charge.dispute.created", dispute],
  ["charge.dispute.updated", dispute],
  ["charge.dispute.closed", dispute],
])

/** Of these, what may come long after its payment or refund has ended. */
export const lateReports = ["refund.failed", "charge.dispute.created", "charge.dispute.closed"] as const

const Event = z.object({
  id: Id,
  type: z.string().max(255),
  request: z.object({ idempotency_key: z.string().nullish() }).nullish(),
  data: z.object({ object: z.looseObject({}) }),
})

/** A signature says whose an event is, not that it is well made. */
function eventOf(signed: unknown): ProviderEvent | "unreadable" {
  const { data: event } = Event.safeParse(signed)
  if (!event) return "unreadable"
  const { id, type, request, data } = event
  const kind = kinds.get(type)
  if (!kind) return { id, type }
  if (!kind.shape.safeParse(data.object).success) return "unreadable"
  const about = kind.about(data.object as never)
  const idempotencyKey = request?.idempotency_key
  return { id, type, ...(about && { about: { ...about, ...(idempotencyKey && { idempotencyKey }) } }) }
}

/**
 * An event as Stripe lists it (https://docs.stripe.com/api/events/list): in the version of the API that the account had when
 * it was made, so that only what has long been the same is read of it. One that cannot be read tells nothing.
 */
export function listedEventOf(listed: Stripe.Event): ProviderEvent {
  const event = eventOf(listed)
  if (event !== "unreadable") return event
  const { id, type } = listed
  log.warn("the provider lists a report that is not shaped as its events are", { providerEventId: id })
  return { id, type }
}

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
      let signed: unknown
      try {
        signed = webhooks.constructEvent(bytes, signature, secret, TOLERANCE_SECONDS, undefined, time)
      } catch {
        // Not signed with this secret, or no event: a header out of shape makes errors of any kind.
        continue
      }
      return eventOf(signed)
    }
    return undefined
  },
})
