import { Form } from "./form.ts"
import { refund } from "./intent.ts"
import { type Intent, newId } from "./intent-object.ts"
import { type Execution, loadIntent, settleDue, type Workplace } from "./operation.ts"
import type { Refund } from "./store.ts"
import { missingResource } from "./stripe-error.ts"

/*
 * The operations of what follows a payment: refunds, disputes, sums. As with the payments, each checks its parameters
 * at once and returns the work to be done.
 */

export function createRefund(at: Workplace, encoded: string): Execution {
  const form = new Form(encoded, ["payment_intent", "amount", "reason", "metadata"])
  const id = form.required("payment_intent")
  const asked = form.amount("amount")
  const reason = form.oneOf("reason", ["duplicate", "fraudulent", "requested_by_customer"])
  return () => {
    const { intent, amount } = refund(loadIntent(at, id), asked)
    at.store.saveIntent(intent)
    const made: Refund = {
      id: newId("re"),
      payment_intent: id,
      charge: intent.latestCharge,
      amount,
      currency: intent.currency,
      reason: reason ?? null,
      created: Math.floor(at.now() / 1000),
      metadata: form.metadata,
    }
    at.store.saveRefund(made)
    return { status: 200, body: refundBody(made) }
  }
}

export function getRefund(at: Workplace, id: string): Execution {
  return () => {
    const found = at.store.findRefund(id)
    if (!found) throw missingResource("refund", id, "id")
    return { status: 200, body: refundBody(found) }
  }
}

export function listRefunds(at: Workplace, query: URLSearchParams): Execution {
  const form = new Form(query.toString(), ["payment_intent", "limit"])
  const limit = form.pageSize()
  return () => {
    const found = at.store.listRefunds(form.text("payment_intent"), limit + 1)
    const data = found.slice(0, limit).map(refundBody)
    return { status: 200, body: { object: "list", url: "/v1/refunds", data, has_more: found.length > limit } }
  }
}

/** The dispute of one payment, or none; unlike Stripe's list, ours wants the payment named. */
export function listDisputes(at: Workplace, query: URLSearchParams): Execution {
  const id = new Form(query.toString(), ["payment_intent"]).required("payment_intent")
  return () => {
    const data = disputesOf(loadIntent(at, id))
    return { status: 200, body: { object: "list", url: "/v1/disputes", data, has_more: false } }
  }
}

/** For tests, not part of Stripe's API: totals in minor units. */
export function summary(at: Workplace): Execution {
  return () => {
    settleDue(at)
    return { status: 200, body: at.store.summary() }
  }
}

function refundBody(refund: Refund): object {
  return { object: "refund", status: "succeeded", ...refund }
}

/** https://docs.stripe.com/api/disputes/object */
function disputesOf(intent: Intent): object[] {
  if (!intent.dispute) return []
  return [
    {
      ...intent.dispute,
      object: "dispute",
      amount: intent.amountReceived,
      charge: intent.latestCharge,
      currency: intent.currency,
      payment_intent: intent.id,
      reason: "fraudulent",
      status: "needs_response",
    },
  ]
}
