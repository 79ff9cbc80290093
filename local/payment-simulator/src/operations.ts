import { Form } from "./form.ts"
import {
  cancel,
  capture,
  checkMethod,
  confirm,
  declinedError,
  type Intent,
  newId,
  refund,
  settle,
  toBody,
} from "./intent.ts"
import { parseSearchQuery } from "./search-query.ts"
import type { IntentFilter, PaymentStore, Refund } from "./store.ts"
import { invalid, missingResource } from "./stripe-error.ts"

/** What an operation answers. */
export interface Answer {
  status: number
  body: object
  /** The work is done, but the caller is not told in time. */
  isWithheld?: boolean
}

/** A checked request, ready to be carried out in a transaction. */
export type Execution = () => Answer

const DEFAULT_PAGE = 10
const MAX_PAGE = 100

/**
 * The operations of Stripe's payment intents and refunds. Each function checks its parameters at once and returns
 * the work to be done, so that a malformed request never counts as the use of an idempotency key.
 */
export function paymentOperations(store: PaymentStore, options: { now: () => number; slowMs: number }) {
  function load(id: string): Intent {
    const intent = store.findIntent(id)
    if (!intent) throw missingResource("payment_intent", id, "intent")
    return settle(intent, options.now())
  }

  function settleDue(): void {
    for (const intent of store.processingIntents()) {
      const settled = settle(intent, options.now())
      if (settled !== intent) store.saveIntent(settled)
    }
  }

  function confirmed(intent: Intent, method: string | undefined): Answer {
    const next = confirm(intent, method, options.now(), options.slowMs)
    store.saveIntent(next)
    if (next.lastPaymentError === null) return { status: 200, body: toBody(next) }
    const declined = declinedError(next)
    return { status: declined.status, body: declined.toBody() }
  }

  function page(filter: Omit<IntentFilter, "limit">, limit: number) {
    settleDue()
    const found = store.listIntents({ ...filter, limit: limit + 1 })
    return { data: found.slice(0, limit).map(toBody), has_more: found.length > limit }
  }

  return {
    createIntent(encoded: string): Execution {
      const form = new Form(encoded, [
        "amount",
        "currency",
        "payment_method",
        "payment_method_types[]",
        "confirm",
        "capture_method",
        "description",
        "metadata",
      ])
      const amount = form.amount("amount") ?? Number(form.required("amount"))
      const currency = form.required("currency").toLowerCase()
      if (!/^[a-z]{3}$/.test(currency)) throw invalid(`Invalid currency: ${currency}`, "currency")
      form.oneOf("payment_method_types[]", ["card"])
      const captureMethod = form.oneOf("capture_method", ["automatic", "manual"]) ?? "automatic"
      const method = form.text("payment_method")
      const isConfirmed = form.flag("confirm")
      if (method !== undefined) checkMethod(method)
      if (isConfirmed && method === undefined) form.required("payment_method")
      return () => {
        const intent: Intent = {
          id: newId("pi"),
          amount,
          currency,
          captureMethod,
          status: method === undefined ? "requires_payment_method" : "requires_confirmation",
          paymentMethod: method ?? null,
          metadata: form.metadata,
          description: form.text("description") ?? null,
          created: Math.floor(options.now() / 1000),
          amountReceived: 0,
          amountRefunded: 0,
          latestCharge: null,
          processingUntil: null,
          canceledAt: null,
          cancellationReason: null,
          lastPaymentError: null,
          withholdsAnswer: false,
        }
        if (isConfirmed) return confirmed(intent, method)
        store.saveIntent(intent)
        return { status: 200, body: toBody(intent) }
      }
    },

    confirmIntent(id: string, encoded: string): Execution {
      const method = new Form(encoded, ["payment_method"]).text("payment_method")
      return () => confirmed(load(id), method)
    },

    captureIntent(id: string, encoded: string): Execution {
      const amount = new Form(encoded, ["amount_to_capture"]).amount("amount_to_capture")
      return () => {
        const intent = load(id)
        const captured = { ...capture(intent, amount), withholdsAnswer: false }
        store.saveIntent(captured)
        return { status: 200, body: toBody(captured), isWithheld: intent.withholdsAnswer }
      }
    },

    cancelIntent(id: string, encoded: string): Execution {
      const reason = new Form(encoded, ["cancellation_reason"]).oneOf("cancellation_reason", [
        "duplicate",
        "fraudulent",
        "requested_by_customer",
        "abandoned",
      ])
      return () => {
        const cancelled = cancel(load(id), reason, options.now())
        store.saveIntent(cancelled)
        return { status: 200, body: toBody(cancelled) }
      }
    },

    getIntent(id: string): Execution {
      return () => ({ status: 200, body: toBody(load(id)) })
    },

    listIntents(query: URLSearchParams): Execution {
      const form = new Form(query.toString(), ["limit", "starting_after"])
      const limit = pageSize(form)
      const startingAfter = form.text("starting_after")
      return () => {
        if (startingAfter !== undefined) load(startingAfter)
        const found = page(startingAfter === undefined ? {} : { startingAfter }, limit)
        return { status: 200, body: { object: "list", url: "/v1/payment_intents", ...found } }
      }
    },

    searchIntents(query: URLSearchParams): Execution {
      const form = new Form(query.toString(), ["query", "limit", "page"])
      const filter = parseSearchQuery(form.required("query"))
      const limit = pageSize(form)
      // Stripe's page tokens are opaque; ours are the id of the last intent of the page before.
      const startingAfter = form.text("page")
      return () => {
        const found = page({ ...filter, ...(startingAfter === undefined ? {} : { startingAfter }) }, limit)
        const next_page = found.has_more ? found.data.at(-1)?.id : null
        const url = "/v1/payment_intents/search"
        return { status: 200, body: { object: "search_result", url, ...found, next_page } }
      }
    },

    createRefund(encoded: string): Execution {
      const form = new Form(encoded, ["payment_intent", "amount", "reason", "metadata"])
      const id = form.required("payment_intent")
      const asked = form.amount("amount")
      const reason = form.oneOf("reason", ["duplicate", "fraudulent", "requested_by_customer"])
      return () => {
        const { intent, amount } = refund(load(id), asked)
        store.saveIntent(intent)
        const made: Refund = {
          id: newId("re"),
          payment_intent: id,
          charge: intent.latestCharge,
          amount,
          currency: intent.currency,
          reason: reason ?? null,
          created: Math.floor(options.now() / 1000),
          metadata: form.metadata,
        }
        store.saveRefund(made)
        return { status: 200, body: refundBody(made) }
      }
    },

    getRefund(id: string): Execution {
      return () => {
        const found = store.findRefund(id)
        if (!found) throw missingResource("refund", id, "id")
        return { status: 200, body: refundBody(found) }
      }
    },

    listRefunds(query: URLSearchParams): Execution {
      const form = new Form(query.toString(), ["payment_intent", "limit"])
      const limit = pageSize(form)
      return () => {
        const found = store.listRefunds(form.text("payment_intent"), limit + 1)
        const data = found.slice(0, limit).map(refundBody)
        const body = { object: "list", url: "/v1/refunds", data, has_more: found.length > limit }
        return { status: 200, body }
      }
    },

    /** For tests, not part of Stripe's API: totals in minor units. */
    summary(): Execution {
      return () => {
        settleDue()
        return { status: 200, body: store.summary() }
      }
    },
  }
}

export type PaymentOperations = ReturnType<typeof paymentOperations>

function refundBody(refund: Refund): object {
  return { object: "refund", status: "succeeded", ...refund }
}

function pageSize(form: Form): number {
  const limit = form.amount("limit") ?? DEFAULT_PAGE
  if (limit > MAX_PAGE) {
    throw invalid(
      `This value must be less than or equal to ${MAX_PAGE}.`,
      "limit",
      "parameter_invalid_integer",
    )
  }
  return limit
}
