import { randomBytes } from "node:crypto"
import { invalid, StripeError } from "./stripe-error.ts"

export type IntentStatus =
  | "requires_payment_method"
  | "requires_confirmation"
  | "processing"
  | "requires_capture"
  | "succeeded"
  | "canceled"

export type CaptureMethod = "automatic" | "manual"

/** A payment intent as the simulator keeps it. Amounts are minor units, times seconds since 1970. */
export interface Intent {
  id: string
  amount: number
  currency: string
  captureMethod: CaptureMethod
  status: IntentStatus
  paymentMethod: string | null
  metadata: Record<string, string>
  description: string | null
  created: number
  amountReceived: number
  amountRefunded: number
  latestCharge: string | null
  /** While the status is processing: when it ends, in milliseconds since 1970. */
  processingUntil: number | null
  canceledAt: number | null
  cancellationReason: string | null
  lastPaymentError: object | null
  /** The answer to the first capture has still to be withheld. */
  withholdsAnswer: boolean
}

/** Payment methods that stand for an outcome, as Stripe's test cards do. */
export const testMethods = {
  succeeds: "pm_card_visa",
  declined: "pm_card_chargeDeclined",
  slow: "pm_card_slow",
  timeoutAfterCapture: "pm_card_timeoutAfterCapture",
} as const
const knownMethods: readonly string[] = Object.values(testMethods)

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/** A new id in Stripe's manner: `pi_…`, `ch_…`, `re_…`. */
export function newId(prefix: string): string {
  const letters = Array.from(randomBytes(24), (byte) => ALPHABET[byte % ALPHABET.length])
  return `${prefix}_${letters.join("")}`
}

/** Throws a Stripe error for a payment method that the simulator does not know. */
export function checkMethod(method: string): void {
  if (knownMethods.includes(method)) return
  throw new StripeError(400, "invalid_request_error", `No such PaymentMethod: '${method}'`, {
    code: "resource_missing",
    param: "payment_method",
  })
}

function unexpectedState(intent: Intent, action: string): StripeError {
  const message = `This PaymentIntent could not be ${action} because it has a status of ${intent.status}.`
  return new StripeError(400, "invalid_request_error", message, {
    code: "payment_intent_unexpected_state",
    members: { payment_intent: toBody(intent) },
  })
}

function authorised(intent: Intent): Intent {
  const charged = { ...intent, processingUntil: null, latestCharge: intent.latestCharge ?? newId("ch") }
  return intent.captureMethod === "manual"
    ? { ...charged, status: "requires_capture" }
    : { ...charged, status: "succeeded", amountReceived: intent.amount }
}

/** What time alone changes: a slow payment is authorised when its time has come. */
export function settle(intent: Intent, now: number): Intent {
  const isDue = intent.processingUntil !== null && intent.processingUntil <= now
  return intent.status === "processing" && isDue ? authorised(intent) : intent
}

/** Confirms with a payment method. A declined card leaves an intent that waits for another method. */
export function confirm(intent: Intent, method: string | undefined, now: number, slowMs: number): Intent {
  if (!["requires_payment_method", "requires_confirmation"].includes(intent.status)) {
    throw unexpectedState(intent, "confirmed")
  }
  const paymentMethod = method ?? intent.paymentMethod
  if (paymentMethod === null) {
    const message = "You cannot confirm this PaymentIntent because it's missing a payment method."
    throw invalid(message, "payment_method", "payment_intent_unexpected_state")
  }
  checkMethod(paymentMethod)
  const confirmed = { ...intent, paymentMethod, lastPaymentError: null }
  switch (paymentMethod) {
    case testMethods.declined: {
      const charge = newId("ch")
      return {
        ...confirmed,
        status: "requires_payment_method",
        paymentMethod: null,
        latestCharge: charge,
        lastPaymentError: {
          type: "card_error",
          code: "card_declined",
          decline_code: "generic_decline",
          message: "Your card was declined.",
          charge,
        },
      }
    }
    case testMethods.slow:
      return { ...confirmed, status: "processing", processingUntil: now + slowMs }
    case testMethods.timeoutAfterCapture:
      return { ...authorised(confirmed), withholdsAnswer: intent.captureMethod === "manual" }
    default:
      return authorised(confirmed)
  }
}

/** Captures all or a part of what was authorised; the rest is released, as with Stripe. */
export function capture(intent: Intent, amountToCapture: number | undefined): Intent {
  if (intent.status !== "requires_capture") throw unexpectedState(intent, "captured")
  const amount = amountToCapture ?? intent.amount
  if (amount > intent.amount) {
    const message = `You cannot capture ${amount}: only ${intent.amount} can be captured.`
    throw invalid(message, "amount_to_capture", "amount_too_large")
  }
  return { ...intent, status: "succeeded", amountReceived: amount }
}

/** Cancels what has not been captured. */
export function cancel(intent: Intent, reason: string | undefined, now: number): Intent {
  if (intent.status === "succeeded" || intent.status === "canceled") throw unexpectedState(intent, "canceled")
  return {
    ...intent,
    status: "canceled",
    processingUntil: null,
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
  const left = intent.amountReceived - intent.amountRefunded
  if (left === 0) {
    throw invalid(
      `Charge ${intent.latestCharge} has already been refunded.`,
      undefined,
      "charge_already_refunded",
    )
  }
  const amount = asked ?? left
  if (amount > left) {
    const message = `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`
    throw invalid(message, "amount", "amount_too_large")
  }
  return { intent: { ...intent, amountRefunded: intent.amountRefunded + amount }, amount }
}

/** The intent as the API shows it (https://docs.stripe.com/api/payment_intents/object). */
export function toBody(intent: Intent): Record<string, unknown> {
  return {
    id: intent.id,
    object: "payment_intent",
    amount: intent.amount,
    amount_capturable: intent.status === "requires_capture" ? intent.amount : 0,
    amount_received: intent.amountReceived,
    canceled_at: intent.canceledAt,
    cancellation_reason: intent.cancellationReason,
    capture_method: intent.captureMethod,
    created: intent.created,
    currency: intent.currency,
    description: intent.description,
    last_payment_error: intent.lastPaymentError,
    latest_charge: intent.latestCharge,
    livemode: false,
    metadata: intent.metadata,
    payment_method: intent.paymentMethod,
    payment_method_types: ["card"],
    status: intent.status,
  }
}

/** The 402 that a declined card answers with; the intent exists and says why. */
export function declinedError(intent: Intent): StripeError {
  return new StripeError(402, "card_error", "Your card was declined.", {
    code: "card_declined",
    members: {
      decline_code: "generic_decline",
      charge: intent.latestCharge,
      payment_intent: toBody(intent),
    },
  })
}
