import { randomBytes } from "node:crypto"
import { StripeError } from "./stripe-error.ts"

export type IntentStatus =
  | "requires_payment_method"
  | "requires_confirmation"
  | "requires_action"
  | "processing"
  | "requires_capture"
  | "succeeded"
  | "canceled"

export type DisputeStatus = "needs_response" | "under_review" | "won" | "lost"

export type CaptureMethod = "automatic" | "manual"

/** Why the last attempt to pay failed, as the API shows it. */
export interface PaymentError {
  type: "card_error" | "invalid_request_error"
  code: string
  message: string
  decline_code?: string
  charge?: string
}

/** A payment intent as the simulator keeps it. Amounts are minor units, times seconds since 1970. */
export interface Intent {
  id: string
  /** Lets a browser act on this intent without the API key. */
  clientSecret: string
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
  /** Where the customer is sent after having authenticated. */
  returnUrl: string | null
  /** While the status is requires_action: the page where the customer authenticates. */
  actionUrl: string | null
  canceledAt: number | null
  cancellationReason: string | null
  lastPaymentError: PaymentError | null
  dispute: { id: string; created: number; status: DisputeStatus } | null
  /** The answer to the first capture has still to be withheld. */
  withholdsAnswer: boolean
}

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

/** A new id in Stripe's manner: `pi_…`, `ch_…`, `re_…`. */
export function newId(prefix: string): string {
  const letters = Array.from(randomBytes(24), (byte) => ALPHABET[byte % ALPHABET.length])
  return `${prefix}_${letters.join("")}`
}

/** An intent that nothing has happened to yet. */
export function newIntent(
  given: Pick<Intent, "amount" | "currency" | "captureMethod" | "paymentMethod" | "metadata" | "description">,
  now: number,
): Intent {
  const id = newId("pi")
  return {
    ...given,
    id,
    clientSecret: newId(`${id}_secret`),
    status: given.paymentMethod === null ? "requires_payment_method" : "requires_confirmation",
    created: Math.floor(now / 1000),
    amountReceived: 0,
    amountRefunded: 0,
    latestCharge: null,
    processingUntil: null,
    returnUrl: null,
    actionUrl: null,
    canceledAt: null,
    cancellationReason: null,
    lastPaymentError: null,
    dispute: null,
    withholdsAnswer: false,
  }
}

/** Reads a kept intent; one of an older simulator lacks what did not exist then. */
export function parseIntent(state: string): Intent {
  const kept = JSON.parse(state)
  const intent = {
    clientSecret: `${kept.id}_secret`,
    returnUrl: null,
    actionUrl: null,
    dispute: null,
    ...kept,
  }
  return intent.dispute ? { ...intent, dispute: { status: "needs_response", ...intent.dispute } } : intent
}

/** The latest charge of an intent as the API shows it (https://docs.stripe.com/api/charges/object), in part. */
function chargeBody(intent: Intent): Record<string, unknown> | null {
  if (intent.latestCharge === null) return null
  return {
    id: intent.latestCharge,
    object: "charge",
    amount: intent.amount,
    amount_captured: intent.amountReceived,
    amount_refunded: intent.amountRefunded,
    captured: intent.status === "succeeded",
    disputed: intent.dispute !== null,
    payment_intent: intent.id,
    refunded: intent.amountRefunded > 0 && intent.amountRefunded === intent.amountReceived,
  }
}

/**
 * The intent as the API shows it (https://docs.stripe.com/api/payment_intents/object).
 * @param isExpanded whether its latest charge comes with it
 */
export function toBody(intent: Intent, isExpanded = false): Record<string, unknown> {
  return {
    id: intent.id,
    object: "payment_intent",
    allowed_payment_method_types: ["card"],
    amount: intent.amount,
    amount_capturable: intent.status === "requires_capture" ? intent.amount : 0,
    amount_received: intent.amountReceived,
    canceled_at: intent.canceledAt,
    cancellation_reason: intent.cancellationReason,
    capture_method: intent.captureMethod,
    client_secret: intent.clientSecret,
    created: intent.created,
    currency: intent.currency,
    description: intent.description,
    last_payment_error: intent.lastPaymentError,
    latest_charge: isExpanded ? chargeBody(intent) : intent.latestCharge,
    livemode: false,
    metadata: intent.metadata,
    next_action: nextAction(intent),
    payment_method: intent.paymentMethod,
    payment_method_types: ["card"],
    status: intent.status,
  }
}

/** Without a return URL Stripe expects its own script in the page, which opens the address itself. */
function nextAction({ actionUrl, returnUrl }: Intent): object | null {
  if (actionUrl === null) return null
  return returnUrl === null
    ? { type: "use_stripe_sdk", use_stripe_sdk: { type: "three_d_secure_redirect", stripe_js: actionUrl } }
    : { type: "redirect_to_url", redirect_to_url: { url: actionUrl, return_url: returnUrl } }
}

/** The 402 that a declined card answers with; the intent exists and says why. */
export function declinedError(intent: Intent, { code, message, ...members }: PaymentError): StripeError {
  return new StripeError(402, "card_error", message, {
    code,
    members: { ...members, payment_intent: toBody(intent) },
  })
}
