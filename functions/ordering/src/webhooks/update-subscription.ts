import { useCase } from "@eshop/building-blocks/app/use-case"
import { isOutboundUrl } from "@eshop/building-blocks/http/outbound-post"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { type ChangePorts, changeSubscription } from "./change-subscription.ts"
import { type OutboundRule, subscriptionContent } from "./create-subscription.ts"
import { SubscriptionId, SubscriptionView, subscriptionView } from "./subscription.ts"
import { webhookChanged, webhookUnknown, webhookUrlRefused } from "./webhook-refusals.ts"

/**
 * Changes where and what a subscription is sent. Enabled again, it gets what was waiting for it; what happened while it was
 * disabled was not kept.
 */
export const updateSubscription = useCase("ordering.update-webhook", {
  input: z.strictObject({ id: SubscriptionId, ...subscriptionContent, enabled: z.boolean() }),
  result: SubscriptionView,
  refusals: [webhookUnknown, webhookChanged, webhookUrlRefused],
  handle:
    (ports: ChangePorts & { readonly outbound: OutboundRule }) =>
    async ({ id, enabled, ...content }, call) => {
      if (!isOutboundUrl(content.url, ports.outbound.allowPrivate)) return webhookUrlRefused()
      const { url, types } = content
      const changed = await changeSubscription(
        ports,
        id,
        ({ disabledFor, ...subscription }) => ({
          ...subscription,
          ...content,
          ...(!enabled && { disabledFor: disabledFor ?? ("operator" as const) }),
        }),
        { action: "webhook.updated", change: { url, types, enabled } },
        call,
      )
      return isRefusal(changed) ? changed : subscriptionView(changed)
    },
})
