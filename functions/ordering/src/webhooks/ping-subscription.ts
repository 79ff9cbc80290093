import { useCase } from "@eshop/building-blocks/app/use-case"
import * as z from "zod"
import type { Deliveries, Subscriptions } from "./ports.ts"
import { webhookBody } from "./queue-deliveries.ts"
import { SubscriptionId } from "./subscription.ts"
import { webhookUnknown } from "./webhook-refusals.ts"
import { PING } from "./webhook-types.ts"

/** Sends a delivery that means nothing, to try the receiver out; the log shows how it went. */
export const pingSubscription = useCase("ordering.ping-webhook", {
  input: z.strictObject({ id: SubscriptionId }),
  result: z.strictObject({ deliveryId: z.uuid() }),
  refusals: [webhookUnknown],
  handle:
    ({ subscriptions, deliveries }: { subscriptions: Subscriptions; deliveries: Deliveries }) =>
    ({ id }, call) =>
      call.transact(async (tx) => {
        if (!(await subscriptions.lock(tx, id))) return webhookUnknown()
        const deliveryId = call.newId()
        const body = webhookBody(PING, call.now.toISOString(), {})
        await deliveries.add(tx, [{ id: deliveryId, subscriptionId: id, type: PING, body }])
        return { deliveryId }
      }),
})
