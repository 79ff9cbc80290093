import { StripeError } from "./stripe-error.ts"

/** Why a card is declined (https://docs.stripe.com/declines/codes). */
export interface Decline {
  code: string
  decline_code: string
  message: string
}

/** What becomes of a payment when it is confirmed. */
export type Outcome =
  | {
      type: "authorised"
      isDisputed?: boolean
      withholdsCapture?: boolean
      /** A refund of it succeeds only later, or fails after it had succeeded. */
      refund?: "pending" | "failing"
    }
  | { type: "declined"; decline: Decline }
  | { type: "processing" }
  | { type: "requires_action" }

const declined = (code: string, decline_code: string, message: string): Outcome => ({
  type: "declined",
  decline: { code, decline_code, message },
})
/** The bank says no and does not say why. */
export const genericDecline = declined("card_declined", "generic_decline", "Your card was declined.")

/** Payment methods that stand for an outcome: Stripe's test cards, and two of our own (slow, timeoutAfterCapture). */
const outcomes = new Map<string, Outcome>([
  ["pm_card_visa", { type: "authorised" }],
  ["pm_card_createDispute", { type: "authorised", isDisputed: true }],
  ["pm_card_pendingRefund", { type: "authorised", refund: "pending" }],
  ["pm_card_refundFail", { type: "authorised", refund: "failing" }],
  ["pm_card_authenticationRequired", { type: "requires_action" }],
  ["pm_card_chargeDeclined", genericDecline],
  ["pm_card_visa_chargeDeclined", genericDecline],
  [
    "pm_card_chargeDeclinedInsufficientFunds",
    declined("card_declined", "insufficient_funds", "Your card has insufficient funds."),
  ],
  ["pm_card_chargeDeclinedExpiredCard", declined("expired_card", "expired_card", "Your card has expired.")],
  [
    "pm_card_chargeDeclinedProcessingError",
    declined(
      "processing_error",
      "processing_error",
      "An error occurred while processing your card. Try again in a little bit.",
    ),
  ],
  ["pm_card_slow", { type: "processing" }],
  ["pm_card_timeoutAfterCapture", { type: "authorised", withholdsCapture: true }],
])

/** The names of all test methods. */
export const testMethods: readonly string[] = [...outcomes.keys()]

/** Throws a Stripe error for a payment method that the simulator does not know. */
export function outcomeOf(method: string): Outcome {
  const outcome = outcomes.get(method)
  if (outcome) return outcome
  throw new StripeError(400, "invalid_request_error", `No such PaymentMethod: '${method}'`, {
    code: "resource_missing",
    param: "payment_method",
  })
}
