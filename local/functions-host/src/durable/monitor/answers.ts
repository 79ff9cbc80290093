import type { WebhookResponse } from "../../contract.ts"

/** A JSON answer. */
export const sent = (body: unknown): WebhookResponse => ({
  status: 200,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(body),
})

/** A sentence for a person. */
export const text = (status: number, body: string): WebhookResponse => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body,
})
