import {
  orderingGetWebhook,
  orderingListWebhookDeliveries,
  orderingListWebhooks,
} from "@eshop/shop-client/generated/sdk.gen"
import type {
  OrderingCreateWebhookData,
  OrderingGetWebhookResponse,
  OrderingListWebhookDeliveriesResponse,
} from "@eshop/shop-client/generated/types.gen"
import { queryOptions } from "@tanstack/react-query"
import { answerOf } from "../../../../api/api.ts"

export type Subscription = OrderingGetWebhookResponse
export type SubscriptionContent = OrderingCreateWebhookData["body"]
export type WebhookType = SubscriptionContent["types"][number]
export type Delivery = OrderingListWebhookDeliveriesResponse["items"][number]

/** What can be subscribed to. */
export const types: readonly WebhookType[] = [
  "order.paid",
  "order.shipped",
  "order.delivered",
  "order.cancelled",
  "order.lines_cancelled",
  "order.returned",
  "order.refunded",
]

export const deliveryStates = ["pending", "delivered", "failed"] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** A subscription and its log are followed live, in milliseconds. */
const LOG_MS = 3_000

export const webhooksKey = ["webhooks"] as const

/** There are a hundred at the most: one page. */
export const webhooksQuery = queryOptions({
  queryKey: [...webhooksKey, "list"],
  queryFn: () => answerOf(orderingListWebhooks({ query: { limit: 100 } })),
  staleTime: 0,
})

export const webhookQuery = (id: string) =>
  queryOptions({
    queryKey: [...webhooksKey, id],
    queryFn: () => answerOf<Subscription>(orderingGetWebhook({ path: { id } })),
    refetchInterval: LOG_MS,
    staleTime: 0,
  })

/** What was sent to a subscription, the newest first. */
export const deliveriesQuery = (id: string, state: string | undefined, cursor: string | undefined) =>
  queryOptions({
    queryKey: [...webhooksKey, id, "deliveries", state, cursor],
    queryFn: () =>
      answerOf(
        orderingListWebhookDeliveries({
          path: { id },
          query: {
            limit: 25,
            ...(deliveryStates.some((one) => one === state) && { state: state as DeliveryState }),
            ...(cursor !== undefined && { cursor }),
          },
        }),
      ),
    refetchInterval: LOG_MS,
    staleTime: 0,
  })
