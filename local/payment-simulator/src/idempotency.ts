import type { Answer, Execution } from "./operation.ts"
import type { PaymentStore } from "./store.ts"
import { StripeError } from "./stripe-error.ts"

/** An answer on its way out. */
export interface Reply {
  status: number
  body: string
  isWithheld: boolean
  isReplayed: boolean
}

/** Carries out the work in one transaction. */
export function executeKeyless(store: PaymentStore, execute: Execution): Reply {
  return store.transaction(() => attempt(execute))
}

/**
 * Carries out the work once per idempotency key; a repetition gets the very same answer
 * (https://docs.stripe.com/api/idempotent_requests).
 * @param fingerprint of the request's address and parameters. Throws a Stripe error where the key came with others.
 * @param prepare checks the parameters; what it throws leaves the key unused
 */
export function executeOncePerKey(
  store: PaymentStore,
  key: string,
  fingerprint: string,
  prepare: () => Execution,
): Reply {
  const saved = store.findAnswer(key)
  if (saved && saved.fingerprint !== fingerprint) throw keyReused(key)
  if (saved) return { status: saved.status, body: saved.body, isWithheld: false, isReplayed: true }
  const execute = prepare()
  return store.transaction(() => {
    const reply = attempt(execute)
    store.saveAnswer(key, { fingerprint, status: reply.status, body: reply.body })
    return reply
  })
}

/** A refusal is an answer too, and is remembered like one; anything else that is thrown undoes the transaction. */
function attempt(execute: Execution): Reply {
  const { status, body, isWithheld = false } = answerOf(execute)
  return { status, body: JSON.stringify(body), isWithheld, isReplayed: false }
}

function answerOf(execute: Execution): Answer {
  try {
    return execute()
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    return { status: error.status, body: error.toBody() }
  }
}

function keyReused(key: string): StripeError {
  const message =
    "Keys for idempotent requests can only be used with the same parameters they were first used with. " +
    `Try using a key other than '${key}' if you meant to execute a different request.`
  return new StripeError(400, "idempotency_error", message)
}

/** The refusal of a key whose first request has no answer yet. */
export function keyInUse(key: string): StripeError {
  const message = `There is currently another in-progress request using the idempotency key '${key}'.`
  return new StripeError(409, "idempotency_error", message, { code: "idempotency_key_in_use" })
}
