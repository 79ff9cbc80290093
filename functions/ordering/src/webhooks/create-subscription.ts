import { useCase } from "@eshop/building-blocks/app/use-case"
import { isOutboundUrl } from "@eshop/building-blocks/http/outbound-post"
import { freeText } from "@eshop/domain/kernel/text"
import * as z from "zod"
import { type ChangePorts, subjectOf } from "./change-subscription.ts"
import type { WebhookSecrets } from "./secrets.ts"
import { type Subscription, SubscriptionView, subscriptionView } from "./subscription.ts"
import { webhookTooMany, webhookUrlRefused } from "./webhook-refusals.ts"
import { WebhookType } from "./webhook-types.ts"

/** Each event asks who wants it, and each sender who is due. */
const MAX_SUBSCRIPTIONS = 100

/** Where webhooks may be sent to. */
export type OutboundRule = { readonly allowPrivate: boolean }

export const subscriptionContent = {
  url: z.url().max(2_000).describe("Where events are sent to: https, on the public internet"),
  description: freeText(200).describe("Whose it is"),
  types: z
    .array(WebhookType)
    .min(1)
    .max(WebhookType.options.length)
    .transform((types) => [...new Set(types)].sort()),
}

/**
 * Subscribes a receiver to events. Its secret is in the answer and nowhere else; a request that is repeated makes a second
 * subscription, and so none takes an Idempotency-Key: the kept answer would hold the secret.
 */
export const createSubscription = useCase("ordering.create-webhook", {
  input: z.strictObject(subscriptionContent),
  result: z.strictObject({
    ...SubscriptionView.shape,
    secret: z.string().describe("Verifies the signatures (Standard Webhooks 1.0.0); shown this once"),
  }),
  refusals: [webhookUrlRefused, webhookTooMany],
  handle:
    (ports: ChangePorts & { readonly webhookSecrets: WebhookSecrets; readonly outbound: OutboundRule }) =>
    async (content, call) => {
      const { subscriptions, audit, webhookSecrets, outbound } = ports
      if (!isOutboundUrl(content.url, outbound.allowPrivate)) return webhookUrlRefused()
      const at = call.now.toISOString()
      const subscription: Subscription = {
        id: call.newId(),
        ...content,
        version: 1,
        secret: webhookSecrets.next(0),
        createdAt: at,
        changedAt: at,
      }
      const secret = webhookSecrets.of(subscription.id, subscription.secret)
      return await call.transact(async (tx) => {
        if ((await subscriptions.count(tx)) >= MAX_SUBSCRIPTIONS)
          return webhookTooMany({ max: MAX_SUBSCRIPTIONS })
        await subscriptions.add(tx, subscription)
        const { url, types } = content
        await audit.add(tx, call, [
          { subject: subjectOf(subscription.id), action: "webhook.created", change: { url, types } },
        ])
        return { ...subscriptionView(subscription), secret }
      })
    },
})
