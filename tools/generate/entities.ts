import type { App } from "@eshop/building-blocks/app/app"
import { byTopic, filterOf } from "@eshop/building-blocks/messaging/subscription"
import type { Contracts } from "./contracts.ts"

/** Azure takes no longer filter (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas). */
const MAX_FILTER_LENGTH = 1_024

/** A redrive carries a new id, so only a repetition of the same send is recognised, within these ten minutes. */
const topicProperties = {
  DefaultMessageTimeToLive: "P14D",
  DuplicateDetectionHistoryTimeWindow: "PT10M",
  RequiresDuplicateDetection: true,
}

/** 60 deliveries of up to a minute each survive an hour's outage. */
const subscriptionProperties = {
  MaxDeliveryCount: 60,
  LockDuration: "PT10S",
  DeadLetteringOnMessageExpiration: true,
}

function subscription(app: App, topic: string, contracts: Contracts) {
  const subscriptions = byTopic(app.entries).get(topic)
  if (!subscriptions) return []
  const types = new Set([...contracts.values()].map(({ type }) => type))
  for (const { event } of subscriptions)
    if (!types.has(event.type))
      throw new Error(`${app.name} consumes ${event.type}, which is no contract of packages/domain`)
  const filter = filterOf(app.name, subscriptions)
  if (filter.length > MAX_FILTER_LENGTH)
    throw new Error(
      `${app.name}'s filter of ${topic} has ${filter.length} characters, Azure takes ${MAX_FILTER_LENGTH}`,
    )
  const rule = { FilterType: "Sql", SqlFilter: { SqlExpression: filter } }
  return [
    {
      Name: app.name,
      Properties: subscriptionProperties,
      Rules: [{ Name: "events", Properties: rule }],
    },
  ]
}

/**
 * The topics that the apps publish to and their subscriptions, in the shape of Microsoft's emulator configuration.
 * @throws Error for an event that no app publishes, and for a filter that is too long
 */
export function entities(apps: readonly App[], contracts: Contracts): object {
  const names = new Set(apps.map(({ name }) => `/eshop/${name}`))
  for (const { type, source } of contracts.values())
    if (!names.has(source)) throw new Error(`${type} comes from ${source}, which is no app`)
  const topics = new Set([...contracts.values()].map(({ topic }) => topic))
  return {
    UserConfig: {
      Namespaces: [
        {
          Name: "eshop",
          Queues: [],
          Topics: [...topics].map((topic) => ({
            Name: topic,
            Properties: topicProperties,
            Subscriptions: apps.flatMap((app) => subscription(app, topic, contracts)),
          })),
        },
      ],
      Logging: { Type: "Console" },
    },
  }
}
