import { type Intent, type IntentStatus, toBody } from "./intent-object.ts"
import type { Refund } from "./store.ts"

/** Something that the shop's webhook endpoint may hear of: an event's type, and its object as it is afterwards. */
export interface Change {
  type: string
  object: object
}

const intentTypes: Partial<Record<IntentStatus, string>> = {
  requires_action: "payment_intent.requires_action",
  processing: "payment_intent.processing",
  requires_capture: "payment_intent.amount_capturable_updated",
  succeeded: "payment_intent.succeeded",
  canceled: "payment_intent.canceled",
}

/** What has happened to an intent (https://docs.stripe.com/api/events/types). */
export function intentChanges(before: Intent | undefined, after: Intent): Change[] {
  const object = toBody(after)
  const types = before ? [] : ["payment_intent.created"]
  const type = intentTypes[after.status]
  if (type !== undefined && before?.status !== after.status) types.push(type)
  const failed = JSON.stringify(after.lastPaymentError)
  if (after.lastPaymentError && JSON.stringify(before?.lastPaymentError) !== failed)
    types.push("payment_intent.payment_failed")
  return [...types.map((type) => ({ type, object })), ...disputeChanges(before, after)]
}

function disputeChanges(before: Intent | undefined, after: Intent): Change[] {
  const status = after.dispute?.status
  const object = disputeBody(after)
  if (!object || before?.dispute?.status === status) return []
  if (!before?.dispute) return [{ type: "charge.dispute.created", object }]
  const isClosed = status === "won" || status === "lost"
  return [{ type: isClosed ? "charge.dispute.closed" : "charge.dispute.updated", object }]
}

export function refundChanges(before: Refund | undefined, after: Refund): Change[] {
  const object = refundBody(after)
  if (!before) return [{ type: "refund.created", object }]
  if (before.status === after.status) return []
  const updated = { type: "refund.updated", object }
  return after.status === "failed" ? [updated, { type: "refund.failed", object }] : [updated]
}

/** A refund as the API shows it (https://docs.stripe.com/api/refunds/object). */
export const refundBody = ({ turn: _, ...refund }: Refund): object => ({ object: "refund", ...refund })

/** The dispute of an intent as the API shows it (https://docs.stripe.com/api/disputes/object). */
export const disputeBody = (intent: Intent): object | undefined =>
  intent.dispute
    ? {
        ...intent.dispute,
        object: "dispute",
        amount: intent.amountReceived,
        charge: intent.latestCharge,
        currency: intent.currency,
        metadata: {},
        payment_intent: intent.id,
        reason: "fraudulent",
      }
    : undefined
