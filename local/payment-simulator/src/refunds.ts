import { disputeBody, refundBody } from "./changes.ts"
import { Form } from "./form.ts"
import { answerDispute, refund, turnOf } from "./intent.ts"
import { newId, toBody } from "./intent-object.ts"
import { type Execution, keepIntent, keepRefund, loadIntent, settleDue, type Workplace } from "./operation.ts"
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
    const to = turnOf(intent)
    keepIntent(at, intent)
    const made: Refund = {
      id: newId("re"),
      payment_intent: id,
      charge: intent.latestCharge,
      amount,
      currency: intent.currency,
      reason: reason ?? null,
      created: Math.floor(at.now() / 1000),
      metadata: form.metadata,
      status: to === "succeeded" ? "pending" : "succeeded",
      ...(to && { turn: { at: at.now() + at.slowMs, to } }),
    }
    keepRefund(at, made)
    return { status: 200, body: refundBody(made) }
  }
}

export function getRefund(at: Workplace, id: string, query: URLSearchParams): Execution {
  const isExpanded = new Form(query.toString(), ["expand[]"]).oneOf("expand[]", ["payment_intent"])
  return () => {
    settleDue(at)
    const found = at.store.findRefund(id)
    if (!found) throw missingResource("refund", id, "id")
    return { status: 200, body: shown(at, found, isExpanded !== undefined) }
  }
}

/** A refund as the API shows it, with its payment in place of that one's id where it is asked for. */
const shown = (at: Workplace, refund: Refund, isExpanded: boolean): object => ({
  ...refundBody(refund),
  ...(isExpanded && { payment_intent: toBody(loadIntent(at, refund.payment_intent)) }),
})

export function listRefunds(at: Workplace, query: URLSearchParams): Execution {
  const form = new Form(query.toString(), [
    ...["payment_intent", "limit", "starting_after", "created[gte]", "created[lt]", "expand[]"],
  ])
  const isExpanded = form.oneOf("expand[]", ["data.payment_intent"]) !== undefined
  const limit = form.pageSize()
  const startingAfter = form.text("starting_after")
  const filter = {
    intent: form.text("payment_intent"),
    created: { from: form.time("created[gte]"), to: form.time("created[lt]") },
  }
  return () => {
    if (startingAfter !== undefined && !at.store.findRefund(startingAfter))
      throw missingResource("refund", startingAfter, "starting_after")
    settleDue(at)
    const found = at.store.listRefunds(filter, startingAfter, limit + 1)
    const data = found.slice(0, limit).map((one) => shown(at, one, isExpanded))
    return { status: 200, body: { object: "list", url: "/v1/refunds", data, has_more: found.length > limit } }
  }
}

/** The dispute of one payment, or none; unlike Stripe's list, ours wants the payment named. */
export function listDisputes(at: Workplace, query: URLSearchParams): Execution {
  const id = new Form(query.toString(), ["payment_intent"]).required("payment_intent")
  return () => {
    const dispute = disputeBody(loadIntent(at, id))
    const data = dispute ? [dispute] : []
    return { status: 200, body: { object: "list", url: "/v1/disputes", data, has_more: false } }
  }
}

export function getDispute(at: Workplace, id: string): Execution {
  return () => ({ status: 200, body: disputeBody(disputed(at, id)) as object })
}

/** Takes the shop's evidence: `winning_evidence` and `losing_evidence` decide the dispute, as in Stripe's test mode. */
export function updateDispute(at: Workplace, id: string, encoded: string): Execution {
  const evidence = new Form(encoded, ["evidence[uncategorized_text]", "submit"])
  const text = evidence.text("evidence[uncategorized_text]")
  return () => {
    const answered = answerDispute(disputed(at, id), text)
    keepIntent(at, answered)
    return { status: 200, body: disputeBody(answered) as object }
  }
}

/** The shop gives in. */
export function closeDispute(at: Workplace, id: string, encoded: string): Execution {
  new Form(encoded, [])
  return () => {
    const lost = answerDispute(disputed(at, id), "losing_evidence")
    keepIntent(at, lost)
    return { status: 200, body: disputeBody(lost) as object }
  }
}

function disputed(at: Workplace, id: string) {
  const intent = at.store.findDisputed(id)
  if (!intent) throw missingResource("dispute", id, "dispute")
  return intent
}

/** For tests, not part of Stripe's API: totals in minor units. */
export function summary(at: Workplace): Execution {
  return () => {
    settleDue(at)
    return { status: 200, body: at.store.summary() }
  }
}
