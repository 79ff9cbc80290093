import * as z from "zod"

/** What can be subscribed to, and what is sent to try a subscription out. */
export const WebhookType = z.enum([
  "order.paid",
  "order.shipped",
  "order.delivered",
  "order.cancelled",
  "order.lines_cancelled",
  "order.returned",
  "order.refunded",
])
export type WebhookType = z.infer<typeof WebhookType>

export const PING = "webhook.ping"
