import type { Call, Tx } from "@eshop/building-blocks/app/call"
import { orderNumberOf } from "@eshop/domain/ordering/order-number"
import type { Deliveries, Subscriptions } from "./ports.ts"
import type { PING, WebhookType } from "./webhook-types.ts"

/** Of a body (Standard Webhooks 1.0.0); what an order of the most lines makes is a third of it. */
const MAX_BODY_BYTES = 20_000

/** Something that happened to an order. Who ordered it is nobody's business: the receiver has the order's id. */
export type OrderFact = {
  readonly orderId: string
  readonly customerId?: string
  readonly [member: string]: unknown
}

/**
 * What is sent, in the form of Standard Webhooks.
 * @param timestamp when it happened, ISO 8601
 * @throws when it is too large
 */
export function webhookBody(type: WebhookType | typeof PING, timestamp: string, data: object): string {
  const body = JSON.stringify({ type, timestamp, data })
  const bytes = Buffer.byteLength(body)
  if (bytes > MAX_BODY_BYTES) throw new Error(`the body of ${type} has ${bytes} bytes`)
  return body
}

/** Puts a delivery for each subscription that wants it where it leaves from, in the transaction of the event's handler. */
export async function queueDeliveries(
  { subscriptions, deliveries }: { readonly subscriptions: Subscriptions; readonly deliveries: Deliveries },
  tx: Tx,
  type: WebhookType,
  { customerId: _, ...fact }: OrderFact,
  call: Pick<Call, "now" | "newId" | "happenedAt">,
): Promise<void> {
  const wanting = await subscriptions.wanting(tx, type)
  if (wanting.length === 0) return
  const data = { ...fact, orderNumber: orderNumberOf(fact.orderId) }
  const body = webhookBody(type, call.happenedAt ?? call.now.toISOString(), data)
  await deliveries.add(
    tx,
    wanting.map((subscriptionId) => ({ id: call.newId(), subscriptionId, type, body })),
  )
}
