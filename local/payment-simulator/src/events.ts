import { Form } from "./form.ts"
import type { Execution, Workplace } from "./operation.ts"
import { settleDue } from "./operation.ts"
import { missingResource } from "./stripe-error.ts"

/** What has happened, also what the shop's webhook endpoint never heard of (https://docs.stripe.com/api/events/list). */
export function listEvents(at: Workplace, query: URLSearchParams): Execution {
  const form = new Form(query.toString(), [
    ...["types[]", "limit", "starting_after", "created[gte]", "created[lt]"],
  ])
  const limit = form.pageSize()
  const startingAfter = form.text("starting_after")
  const filter = {
    types: form.texts("types[]"),
    created: { from: form.time("created[gte]"), to: form.time("created[lt]") },
  }
  return () => {
    if (startingAfter !== undefined && !at.store.hasEvent(startingAfter))
      throw missingResource("event", startingAfter, "starting_after")
    settleDue(at)
    const found = at.store.listEvents(filter, startingAfter, limit + 1)
    const data = found.slice(0, limit)
    return { status: 200, body: { object: "list", url: "/v1/events", data, has_more: found.length > limit } }
  }
}
