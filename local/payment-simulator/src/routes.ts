import { listEvents } from "./events.ts"
import {
  cancelIntent,
  captureIntent,
  confirmIntent,
  createIntent,
  getIntent,
  intentsOfOrder,
  listIntents,
  searchIntents,
} from "./intents.ts"
import type { Execution, Workplace } from "./operation.ts"
import { createPaymentMethod } from "./payment-methods.ts"
import {
  closeDispute,
  createRefund,
  getDispute,
  getRefund,
  listDisputes,
  listRefunds,
  summary,
  updateDispute,
} from "./refunds.ts"
import { StripeError } from "./stripe-error.ts"

/** The order that a POST is about; undefined where it says none. */
export function orderOf({ store }: Workplace, url: URL, body: string): string | undefined {
  const [, id] = /^\/v1\/payment_intents\/([^/]+)\//.exec(url.pathname) ?? []
  const form = new URLSearchParams(body)
  const intentId = id ?? form.get("payment_intent")
  if (intentId) return store.findIntent(intentId)?.metadata.order_id
  return form.get("metadata[order_id]") ?? undefined
}

/** Finds the operation of a request and checks the request's parameters. Throws a Stripe error. */
export function operationOf(at: Workplace, method: string, url: URL, body: string): Execution {
  const [version, resource, id, action, ...rest] = url.pathname.slice(1).split("/")
  const target = `${method} ${resource}${id === undefined ? "" : "/:id"}${action === undefined ? "" : `/${action}`}`
  if (version === "v1" && rest.length === 0) {
    const name = id ?? ""
    if (target === "GET payment_intents/:id" && name === "search") return searchIntents(at, url.searchParams)
    if (target === "GET test_helpers/:id" && name === "summary") return summary(at)
    if (target === "GET test_helpers/:id" && name === "payment_intents")
      return intentsOfOrder(at, url.searchParams)
    switch (target) {
      case "POST payment_intents":
        return createIntent(at, body)
      case "GET payment_intents":
        return listIntents(at, url.searchParams)
      case "GET payment_intents/:id":
        return getIntent(at, name, url.searchParams)
      case "POST payment_intents/:id/confirm":
        return confirmIntent(at, name, body)
      case "POST payment_intents/:id/capture":
        return captureIntent(at, name, body)
      case "POST payment_intents/:id/cancel":
        return cancelIntent(at, name, body)
      case "POST payment_methods":
        return createPaymentMethod(at, body)
      case "POST refunds":
        return createRefund(at, body)
      case "GET refunds":
        return listRefunds(at, url.searchParams)
      case "GET refunds/:id":
        return getRefund(at, name, url.searchParams)
      case "GET events":
        return listEvents(at, url.searchParams)
      case "GET disputes":
        return listDisputes(at, url.searchParams)
      case "GET disputes/:id":
        return getDispute(at, name)
      case "POST disputes/:id":
        return updateDispute(at, name, body)
      case "POST disputes/:id/close":
        return closeDispute(at, name, body)
    }
  }
  const message = `Unrecognized request URL (${method}: ${url.pathname}).`
  throw new StripeError(404, "invalid_request_error", message)
}
