import { useCase } from "@eshop/building-blocks/app/use-case"
import * as z from "zod"
import { type ChangePorts, subjectOf } from "./change-subscription.ts"
import { DeliveryId, DeliveryState } from "./delivery.ts"
import type { Deliveries } from "./ports.ts"
import { SubscriptionId } from "./subscription.ts"
import { deliveryUnknown, webhookUnknown } from "./webhook-refusals.ts"

type Ports = ChangePorts & { readonly deliveries: Deliveries }

/** As many as one statement moves in its time. */
const MAX_REPLAYED = 10_000

/** Sends a delivery once more from its beginning, under its own webhook-id. */
export const replayDelivery = useCase("ordering.replay-webhook-delivery", {
  input: z.strictObject({ id: SubscriptionId, deliveryId: DeliveryId }),
  result: z.void(),
  refusals: [deliveryUnknown],
  handle:
    ({ deliveries, audit }: Ports) =>
    ({ id, deliveryId }, call) =>
      call.transact(async (tx) => {
        if (!(await deliveries.replay(tx, id, deliveryId))) return deliveryUnknown()
        await audit.add(tx, call, [
          { subject: subjectOf(id), action: "webhook.replayed", change: { deliveryId } },
        ])
        return undefined
      }),
})

/** Sends the deliveries of a time once more: those that failed, unless it says otherwise. */
export const replayDeliveries = useCase("ordering.replay-webhook-deliveries", {
  input: z.strictObject({
    id: SubscriptionId,
    from: z.iso.datetime(),
    to: z.iso.datetime().describe("Exclusive"),
    state: DeliveryState.exclude(["pending"]).default("failed"),
  }),
  result: z.strictObject({
    replayed: z.int().describe(`${MAX_REPLAYED} at the most: say it again for the rest`),
  }),
  refusals: [webhookUnknown],
  handle:
    ({ subscriptions, deliveries, audit }: Ports) =>
    ({ id, ...range }, call) =>
      call.transact(async (tx) => {
        if (!(await subscriptions.lock(tx, id))) return webhookUnknown()
        const replayed = await deliveries.replayRange(tx, id, range, MAX_REPLAYED)
        await audit.add(tx, call, [
          { subject: subjectOf(id), action: "webhook.replayed", change: { ...range, replayed } },
        ])
        return { replayed }
      }),
})
