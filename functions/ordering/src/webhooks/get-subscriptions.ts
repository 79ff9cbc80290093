import { useCase } from "@eshop/building-blocks/app/use-case"
import { cursorOf } from "@eshop/building-blocks/http/cursor"
import { pageSize } from "@eshop/building-blocks/http/query"
import * as z from "zod"
import type { Subscriptions } from "./ports.ts"
import { SubscriptionId, SubscriptionView, subscriptionView } from "./subscription.ts"
import { webhookUnknown } from "./webhook-refusals.ts"

type Ports = { readonly subscriptions: Subscriptions }

const cursor = cursorOf("webhooks", z.uuid())

/** One subscription. */
export const getSubscription = useCase("ordering.get-webhook", {
  input: z.strictObject({ id: SubscriptionId }),
  result: SubscriptionView,
  refusals: [webhookUnknown],
  handle:
    ({ subscriptions }: Ports) =>
    async ({ id }) => {
      const found = await subscriptions.find(id)
      return found ? subscriptionView(found) : webhookUnknown()
    },
})

/** All subscriptions, oldest first. */
export const listSubscriptions = useCase("ordering.list-webhooks", {
  input: z.strictObject({ limit: pageSize, cursor: cursor.schema.optional() }),
  result: z.strictObject({ items: z.array(SubscriptionView), nextCursor: z.string().nullable() }),
  handle:
    ({ subscriptions }: Ports) =>
    async ({ limit, cursor: after }) => {
      const found = await subscriptions.list(after, limit + 1)
      const items = found.slice(0, limit)
      const last = items.at(-1)
      return {
        items: items.map(subscriptionView),
        nextCursor: found.length > limit && last ? cursor.encode(last.id) : null,
      }
    },
})
