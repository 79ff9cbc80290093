import { type Intent, newId, toBody } from "./intent-object.ts"
import { invalid, StripeError } from "./stripe-error.ts"
import { type Decline, genericDecline, outcomeOf } from "./test-methods.ts"

/** What a confirmation brings along. */
export interface Confirmation {
  method: string | undefined
  /** Where the customer is sent after having authenticated. */
  returnUrl: string | undefined
}

/** What the simulator adds to a confirmation. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  now: number
  /** How long a slow payment is processing, in milliseconds. */
  slowMs: number
  /** The page where the holder of the card authenticates. */
  pageOf: (intent: Intent) => string
  /** The card is declined, whatever its method says. */
  declines?: boolean
}

function unexpectedState(intent: Intent, action: string): StripeError {
  const message = `This PaymentIntent could not be ${action} because it has a status of ${intent.status}.`
  return new StripeError(400, "invalid_request_error", message, {
    code: "payment_intent_unexpected_state",
    members: { payment_intent: toBody(intent) },
  })
}

function authorised(intent: Intent, now: number): Intent {
  const open: Intent = {
    ...intent,
    processingUntil: null,
    actionUrl: null,
    latestCharge: intent.latestCharge ?? newId("ch"),
    status: "requires_capture",
  }
  return intent.captureMethod === "manual" ? open : captured(open, intent.amount, now)
}

function captured(intent: Intent, amount: number, now: number): Intent {
  const outcome = intent.paymentMethod === null ? undefined : outcomeOf(intent.paymentMethod)
  const isDisputed = outcome?.type === "authorised" && outcome.isDisputed
  const dispute = isDisputed
    ? { id: newId("dp"), created: Math.floor(now / 1000), status: "needs_response" as const }
    : null
  return { ...intent, status: "succeeded", amountReceived: amount, dispute }
}

/** What time alone changes: a slow payment is authorised when its time has come. */
export function settle(intent: Intent, now: number): Intent {
  const isDue = intent.processingUntil !== null && intent.processingUntil <= now
  return intent.status === "processing" && isDue ? authorised(intent, now) : intent
}

/** Confirms with a payment method. A declined card leaves an intent that waits for another method. */
export function confirm(intent: Intent, { method, returnUrl }: Confirmation, at: Surroundings): Intent {
  if (!["requires_payment_method", "requires_confirmation"].includes(intent.status)) {
    throw unexpectedState(intent, "confirmed")
  }
  const paymentMethod = method ?? intent.paymentMethod
  if (paymentMethod === null) {
    const message = "You cannot confirm this PaymentIntent because it's missing a payment method."
    throw invalid(message, "payment_method", "payment_intent_unexpected_state")
  }
  const outcome = at.declines ? genericDecline : outcomeOf(paymentMethod)
  const confirmed: Intent = {
    ...intent,
    paymentMethod,
    lastPaymentError: null,
    returnUrl: returnUrl ?? intent.returnUrl,
  }
  switch (outcome.type) {
    case "declined":
      return declined(confirmed, outcome.decline)
    case "processing":
      return { ...confirmed, status: "processing", processingUntil: at.now + at.slowMs }
    case "requires_action":
      return { ...confirmed, status: "requires_action", actionUrl: at.pageOf(confirmed) }
    case "authorised": {
      const withholdsAnswer = outcome.withholdsCapture === true && intent.captureMethod === "manual"
      return { ...authorised(confirmed, at.now), withholdsAnswer }
    }
  }
}

function declined(intent: Intent, decline: Decline): Intent {
  const charge = newId("ch")
  return {
    ...intent,
    status: "requires_payment_method",
    paymentMethod: null,
    latestCharge: charge,
    lastPaymentError: { type: "card_error", ...decline, charge },
  }
}

/** What the holder of the card answers when asked to authenticate. A refusal leaves an intent for another method. */
export function authenticate(intent: Intent, answer: "authorise" | "refuse", now: number): Intent {
  if (intent.status !== "requires_action") throw unexpectedState(intent, "authenticated")
  if (answer === "authorise") return authorised(intent, now)
  return {
    ...intent,
    status: "requires_payment_method",
    paymentMethod: null,
    actionUrl: null,
    lastPaymentError: {
      type: "invalid_request_error",
      code: "payment_intent_authentication_failure",
      message: "The provided PaymentMethod has failed authentication.",
    },
  }
}

/** Captures all or a part of what was authorised; the rest is released, as with Stripe. */
export function capture(intent: Intent, amountToCapture: number | undefined, now: number): Intent {
  if (intent.status !== "requires_capture") throw unexpectedState(intent, "captured")
  const amount = amountToCapture ?? intent.amount
  if (amount > intent.amount) {
    const message = `You cannot capture ${amount}: only ${intent.amount} can be captured.`
    throw invalid(message, "amount_to_capture", "amount_too_large")
  }
  return captured(intent, amount, now)
}

/** Cancels what has not been captured. */
export function cancel(intent: Intent, reason: string | undefined, now: number): Intent {
  if (intent.status === "succeeded" || intent.status === "canceled") throw unexpectedState(intent, "canceled")
  return {
    ...intent,
    status: "canceled",
    processingUntil: null,
    actionUrl: null,
    canceledAt: Math.floor(now / 1000),
    cancellationReason: reason ?? null,
  }
}

/** Gives captured money back; never more than is left. Returns the intent and the amount refunded. */
export function refund(intent: Intent, asked: number | undefined): { intent: Intent; amount: number } {
  if (intent.status !== "succeeded") {
    const message = `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`
    throw invalid(message, "payment_intent", "payment_intent_unexpected_state")
  }
  const charge = `Charge ${intent.latestCharge}`
  if (intent.dispute && intent.dispute.status !== "won") {
    throw invalid(`${charge} has been charged back; cannot issue a refund.`, undefined, "charge_disputed")
  }
  const left = intent.amountReceived - intent.amountRefunded
  if (left === 0) throw invalid(`${charge} has already been refunded.`, undefined, "charge_already_refunded")
  const amount = asked ?? left
  if (amount > left) {
    const message = `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`
    throw invalid(message, "amount", "amount_too_large")
  }
  return { intent: { ...intent, amountRefunded: intent.amountRefunded + amount }, amount }
}

/** What becomes of a refund of this intent later, where something does. */
export function turnOf({ paymentMethod }: Intent): "succeeded" | "failed" | undefined {
  const outcome = paymentMethod === null ? undefined : outcomeOf(paymentMethod)
  if (outcome?.type !== "authorised" || !outcome.refund) return undefined
  return outcome.refund === "pending" ? "succeeded" : "failed"
}

/** The bank's answer to what the shop says of a dispute: Stripe's test evidence decides it. */
export function answerDispute(intent: Intent, evidence: string | undefined): Intent {
  const { dispute } = intent
  if (!dispute || dispute.status === "won" || dispute.status === "lost") {
    throw invalid("This dispute is already closed", undefined, "dispute_already_closed")
  }
  const status =
    evidence === "winning_evidence" ? "won" : evidence === "losing_evidence" ? "lost" : "under_review"
  return { ...intent, dispute: { ...dispute, status } }
}
