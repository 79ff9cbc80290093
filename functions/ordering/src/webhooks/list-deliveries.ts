import { useCase } from "@eshop/building-blocks/app/use-case"
import { CursorInstant, cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import * as z from "zod"
import { DeliveryState, DeliveryView, deliveryView } from "./delivery.ts"
import type { Deliveries, Subscriptions } from "./ports.ts"
import { SubscriptionId } from "./subscription.ts"
import { webhookUnknown } from "./webhook-refusals.ts"

const cursor = cursorOf("deliveries", z.strictObject({ at: CursorInstant, id: z.uuid() }))

/** What was sent to a subscription in the last 30 days, and how it went; newest first. */
export const listDeliveries = useCase("ordering.list-webhook-deliveries", {
  input: z.strictObject({
    id: SubscriptionId,
    state: DeliveryState.optional(),
    limit: pageSize,
    cursor: cursor.schema.optional(),
  }),
  result: z.strictObject({ items: z.array(DeliveryView), nextCursor: z.string().nullable() }),
  refusals: [webhookUnknown],
  handle:
    ({ subscriptions, deliveries }: { subscriptions: Subscriptions; deliveries: Deliveries }) =>
    async ({ id, state, limit, cursor: after }) => {
      if (!(await subscriptions.find(id))) return webhookUnknown()
      const found = await deliveries.list(id, { state, after }, limit + 1)
      const items = found.slice(0, limit)
      const last = items.at(-1)
      const more = found.length > limit && last
      return {
        items: items.map(deliveryView),
        nextCursor: more ? cursor.encode({ at: last.createdAt, id: last.id }) : null,
      }
    },
})
