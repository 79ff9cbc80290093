import { checkMinimum, readCurrency } from "./currencies.ts"
import { Form } from "./form.ts"
import { type Confirmation, cancel, capture, confirm } from "./intent.ts"
import { declinedError, type Intent, newIntent, toBody } from "./intent-object.ts"
import {
  type Answer,
  type Execution,
  keepIntent,
  loadIntent,
  settleDue,
  type Workplace,
} from "./operation.ts"
import { parseSearchQuery } from "./search-query.ts"
import { invalid } from "./stripe-error.ts"
import { outcomeOf } from "./test-methods.ts"

const NEW_INTENT = [
  ...["amount", "currency", "payment_method", "allowed_payment_method_types[]", "confirm", "capture_method"],
  ...["return_url", "description", "metadata"],
]

function confirmed(at: Workplace, intent: Intent, confirmation: Confirmation): Answer {
  const declines = at.faults.take(intent.metadata.order_id, "declined")
  const next = confirm(intent, confirmation, { ...at, now: at.now(), declines })
  keepIntent(at, next)
  if (next.lastPaymentError === null) return { status: 200, body: toBody(next) }
  const declined = declinedError(next, next.lastPaymentError)
  return { status: declined.status, body: declined.toBody() }
}

/*
 * The operations of Stripe's payment intents. Each checks its parameters at once and returns the work to be done, so
 * that a malformed request never counts as the use of an idempotency key.
 */

export function createIntent(at: Workplace, encoded: string): Execution {
  const form = new Form(encoded, NEW_INTENT)
  const amount = form.amount("amount") ?? Number(form.required("amount"))
  const currency = readCurrency(form.required("currency"))
  checkMinimum(amount, currency)
  form.oneOf("allowed_payment_method_types[]", ["card"])
  const captureMethod = form.oneOf("capture_method", ["automatic", "manual"]) ?? "automatic"
  const method = form.text("payment_method")
  const isConfirmed = form.flag("confirm")
  const returnUrl = form.url("return_url")
  if (method !== undefined) outcomeOf(method)
  if (isConfirmed && method === undefined) form.required("payment_method")
  if (!isConfirmed && returnUrl !== undefined) {
    throw invalid("You may only specify `return_url` when `confirm` is set to true.", "return_url")
  }
  return () => {
    const paymentMethod = method ?? null
    const description = form.text("description") ?? null
    const { metadata } = form
    const given = { amount, currency, captureMethod, paymentMethod, metadata, description }
    const intent = newIntent(given, at.now())
    if (isConfirmed) return confirmed(at, intent, { method, returnUrl })
    keepIntent(at, intent)
    return { status: 200, body: toBody(intent) }
  }
}

export function confirmIntent(at: Workplace, id: string, encoded: string): Execution {
  const form = new Form(encoded, ["payment_method", "return_url"])
  const confirmation = { method: form.text("payment_method"), returnUrl: form.url("return_url") }
  return () => confirmed(at, loadIntent(at, id), confirmation)
}

export function captureIntent(at: Workplace, id: string, encoded: string): Execution {
  const amount = new Form(encoded, ["amount_to_capture"]).amount("amount_to_capture")
  return () => {
    const intent = loadIntent(at, id)
    const captured = { ...capture(intent, amount, at.now()), withholdsAnswer: false }
    keepIntent(at, captured)
    return { status: 200, body: toBody(captured), isWithheld: intent.withholdsAnswer }
  }
}

export function cancelIntent(at: Workplace, id: string, encoded: string): Execution {
  const reason = new Form(encoded, ["cancellation_reason"]).oneOf("cancellation_reason", [
    "duplicate",
    "fraudulent",
    "requested_by_customer",
    "abandoned",
  ])
  return () => {
    const cancelled = cancel(loadIntent(at, id), reason, at.now())
    keepIntent(at, cancelled)
    return { status: 200, body: toBody(cancelled) }
  }
}

export function getIntent(at: Workplace, id: string, query: URLSearchParams): Execution {
  const isExpanded = new Form(query.toString(), ["expand[]"]).oneOf("expand[]", ["latest_charge"])
  return () => ({ status: 200, body: toBody(loadIntent(at, id), isExpanded !== undefined) })
}

/** Lists show every intent as it stands; only the search lags behind. */
export function listIntents(at: Workplace, query: URLSearchParams): Execution {
  const form = new Form(query.toString(), [
    ...["limit", "starting_after", "created[gte]", "created[lt]", "expand[]"],
  ])
  const isExpanded = form.oneOf("expand[]", ["data.latest_charge"]) !== undefined
  const limit = form.pageSize()
  const startingAfter = form.text("starting_after")
  const created = { from: form.time("created[gte]"), to: form.time("created[lt]") }
  return () => {
    if (startingAfter !== undefined) loadIntent(at, startingAfter)
    settleDue(at)
    const found = pageOf(at.store.listIntents(startingAfter, limit + 1, created), limit, isExpanded)
    return { status: 200, body: { object: "list", url: "/v1/payment_intents", ...found } }
  }
}

/** Searches what the index knows, which is a while behind (https://docs.stripe.com/search#data-freshness). */
export function searchIntents(at: Workplace, query: URLSearchParams): Execution {
  const form = new Form(query.toString(), ["query", "limit", "page"])
  const filter = parseSearchQuery(form.required("query"))
  const limit = form.pageSize()
  // Stripe's page tokens are opaque; ours are the id of the last intent of the page before.
  const startingAfter = form.text("page")
  return () => {
    if (startingAfter !== undefined && !at.store.findIntent(startingAfter)) {
      throw invalid(`Invalid page: ${startingAfter}`, "page")
    }
    settleDue(at)
    const found = pageOf(at.store.searchIntents(filter, startingAfter, limit + 1), limit)
    const next_page = found.has_more ? found.data.at(-1)?.id : null
    const url = "/v1/payment_intents/search"
    return { status: 200, body: { object: "search_result", url, ...found, next_page } }
  }
}

/** For tests, not part of Stripe's API: the intents of an order as they stand, which the search knows later. */
export function intentsOfOrder(at: Workplace, query: URLSearchParams): Execution {
  const orderId = new Form(query.toString(), ["order_id"]).required("order_id")
  return () => {
    settleDue(at)
    const data = at.store.intentsWith("order_id", orderId).map((intent) => toBody(intent))
    return { status: 200, body: { object: "list", data, has_more: false } }
  }
}

const pageOf = (found: Intent[], limit: number, isExpanded = false) => ({
  data: found.slice(0, limit).map((intent) => toBody(intent, isExpanded)),
  has_more: found.length > limit,
})
