import { Form } from "./form.ts"
import type { Execution, Workplace } from "./operation.ts"
import { StripeError } from "./stripe-error.ts"

/** What the shop's pages know the simulator by; it is no secret. */
export const PUBLISHABLE_KEY = "pk_test_simulator"

/** Numbers of test cards (https://docs.stripe.com/testing), with the payment method that each stands for; the last two are our own. */
const testCards = new Map([
  ["4242424242424242", "pm_card_visa"],
  ["4000000000000259", "pm_card_createDispute"],
  ["4000000000007726", "pm_card_pendingRefund"],
  ["4000000000005126", "pm_card_refundFail"],
  ["4000002760003184", "pm_card_authenticationRequired"],
  ["4000000000000002", "pm_card_chargeDeclined"],
  ["4000000000009995", "pm_card_chargeDeclinedInsufficientFunds"],
  ["4000000000000069", "pm_card_chargeDeclinedExpiredCard"],
  ["4000000000000119", "pm_card_chargeDeclinedProcessingError"],
  ["4000000000001000", "pm_card_slow"],
  ["4000000000020000", "pm_card_timeoutAfterCapture"],
])

const parameters = ["type", "card[number]", "card[exp_month]", "card[exp_year]", "card[cvc]"]

const refused = (param: string, code: string, message: string) =>
  new StripeError(402, "card_error", message, { param, code })

/** The check digit of ISO/IEC 7812-1, annex B. */
const passesLuhn = (digits: string): boolean =>
  [...digits].reverse().reduce((sum, digit, place) => {
    const weighed = Number(digit) * (place % 2 === 0 ? 1 : 2)
    return sum + (weighed > 9 ? weighed - 9 : weighed)
  }, 0) %
    10 ===
  0

/**
 * Makes a payment method of a card. The card is kept nowhere: a test card's number is one of the methods that the simulator
 * knows anyway. Throws a Stripe error.
 */
export function createPaymentMethod({ now }: Workplace, body: string): Execution {
  const form = new Form(body, parameters)
  form.oneOf("type", ["card"])
  const number = form.required("card[number]")
  const [month, year] = [Number(form.required("card[exp_month]")), Number(form.required("card[exp_year]"))]
  if (!/^\d{13,19}$/.test(number) || !passesLuhn(number))
    throw refused("number", "invalid_number", "Your card number is invalid.")
  if (!(month >= 1 && month <= 12))
    throw refused("exp_month", "invalid_expiry_month", "Your card's expiration month is invalid.")
  // A card is good until the last day of its month.
  if (!(Date.UTC(year, month) > now()))
    throw refused("exp_year", "invalid_expiry_year_past", "Your card's expiration year is in the past.")
  if (!/^\d{3,4}$/.test(form.text("card[cvc]") ?? ""))
    throw refused("cvc", "invalid_cvc", "Your card's security code is invalid.")
  const id = testCards.get(number)
  const request = `Your request was in test mode, but used a non test (live) card.`
  if (id === undefined) throw refused("number", "card_declined", `Your card was declined. ${request}`)
  const card = { brand: "visa", exp_month: month, exp_year: year, last4: number.slice(-4) }
  return () => ({
    status: 200,
    body: {
      ...{ id, object: "payment_method", type: "card", card, livemode: false },
      created: Math.floor(now() / 1_000),
    },
  })
}
