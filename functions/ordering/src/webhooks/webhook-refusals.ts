import { defineRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"

export const webhookUnknown = defineRefusal("webhook.unknown", "not-found", "There is no such subscription.")

export const webhookChanged = defineRefusal(
  "webhook.changed",
  "stale",
  "The subscription has changed since.",
  z.object({ version: z.int() }),
)

export const webhookUrlRefused = defineRefusal(
  "webhook.url-refused",
  "rule",
  "The address must be an https:// URL of the public internet, without a user, a password or a fragment.",
)

export const webhookTooMany = defineRefusal(
  "webhook.too-many",
  "conflict",
  "There are as many subscriptions as there may be.",
  z.object({ max: z.int() }),
)

export const deliveryUnknown = defineRefusal(
  "webhook-delivery.unknown",
  "not-found",
  "The subscription has no such delivery.",
)
