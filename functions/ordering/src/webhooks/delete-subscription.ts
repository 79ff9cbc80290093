import { isStale } from "@eshop/building-blocks/app/call"
import { useCase } from "@eshop/building-blocks/app/use-case"
import * as z from "zod"
import { type ChangePorts, subjectOf } from "./change-subscription.ts"
import { SubscriptionId } from "./subscription.ts"
import { webhookChanged, webhookUnknown } from "./webhook-refusals.ts"

/** Ends a subscription; its deliveries and their log go with it. */
export const deleteSubscription = useCase("ordering.delete-webhook", {
  input: z.strictObject({ id: SubscriptionId }),
  result: z.void(),
  refusals: [webhookUnknown, webhookChanged],
  handle:
    ({ subscriptions, audit }: ChangePorts) =>
    ({ id }, call) =>
      call.transact(async (tx) => {
        const stored = await subscriptions.lock(tx, id)
        if (!stored) return webhookUnknown()
        if (isStale(call, stored.version)) return webhookChanged({ version: stored.version })
        await subscriptions.remove(tx, id)
        const { url, types } = stored
        await audit.add(tx, call, [
          { subject: subjectOf(id), action: "webhook.deleted", change: { url, types } },
        ])
        return undefined
      }),
})
