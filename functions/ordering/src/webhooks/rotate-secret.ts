import { useCase } from "@eshop/building-blocks/app/use-case"
import { isRefusal } from "@eshop/domain/kernel/refusal"
import * as z from "zod"
import { type ChangePorts, changeSubscription } from "./change-subscription.ts"
import type { WebhookSecrets } from "./secrets.ts"
import { SubscriptionId, SubscriptionView, subscriptionView } from "./subscription.ts"
import { webhookChanged, webhookUnknown } from "./webhook-refusals.ts"

const HOUR_MS = 3_600_000

/** Gives a subscription another secret. Until the old one ends, everything is signed with both. */
export const rotateSecret = useCase("ordering.rotate-webhook-secret", {
  input: z.strictObject({
    id: SubscriptionId,
    overlapHours: z
      .int()
      .min(0)
      .max(168)
      .default(24)
      .describe("For so long the old secret signs as well; 0 where it became known to others"),
  }),
  result: z.strictObject({ ...SubscriptionView.shape, secret: z.string() }),
  refusals: [webhookUnknown, webhookChanged],
  handle:
    (ports: ChangePorts & { readonly webhookSecrets: WebhookSecrets }) =>
    async ({ id, overlapHours }, call) => {
      const { webhookSecrets } = ports
      const until = new Date(call.now.getTime() + overlapHours * HOUR_MS).toISOString()
      const changed = await changeSubscription(
        ports,
        id,
        ({ oldSecret: _, ...subscription }) => ({
          ...subscription,
          secret: webhookSecrets.next(subscription.secret.number),
          ...(overlapHours > 0 && { oldSecret: { ...subscription.secret, until } }),
        }),
        { action: "webhook.secret-rotated", change: { overlapHours } },
        call,
      )
      if (isRefusal(changed)) return changed
      return { ...subscriptionView(changed), secret: webhookSecrets.of(id, changed.secret) }
    },
})
