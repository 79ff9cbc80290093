import { type Plan, type Resource, resourcesOf } from "./plan.ts"
import type { Finding } from "./policies.ts"

type Entity = { Name: string; Properties?: Record<string, unknown> }
type Topic = Entity & { Subscriptions: (Entity & { Rules: Entity[] })[] }
export type Entities = { UserConfig: { Namespaces: { Queues: Entity[]; Topics: Topic[] }[] } }

/** Which argument carries which property of the emulator's file. */
const properties: Record<string, string> = {
  DeadLetteringOnMessageExpiration: "dead_lettering_on_message_expiration",
  DefaultMessageTimeToLive: "default_message_ttl",
  DuplicateDetectionHistoryTimeWindow: "duplicate_detection_history_time_window",
  ForwardDeadLetteredMessagesTo: "forward_dead_lettered_messages_to",
  ForwardTo: "forward_to",
  LockDuration: "lock_duration",
  MaxDeliveryCount: "max_delivery_count",
  RequiresDuplicateDetection: "requires_duplicate_detection",
  RequiresSession: "requires_session",
}
const finding = (policy: string, address: string, message: string): Finding => ({ policy, address, message })

function compare(resources: Resource[], type: string, key: string, entity: Entity): Finding[] {
  const planned = resources.find((resource) => resource.type === type && resource.index === key)
  if (!planned)
    return [finding("service bus entities", key, `is in entities.json but not planned as ${type}`)]
  return Object.entries(entity.Properties ?? {}).flatMap(([name, value]) => {
    const argument = properties[name]
    if (!argument)
      return [finding("service bus entities", key, `property ${name} is not carried over to Azure`)]
    return planned.values[argument] === value
      ? []
      : [
          finding(
            "service bus entities",
            planned.address,
            `${argument} is ${JSON.stringify(planned.values[argument])}, entities.json says ${JSON.stringify(value)}`,
          ),
        ]
  })
}

function compareRule(resources: Resource[], key: string, rule: Entity): Finding[] {
  const planned = resources.find(
    ({ type, index }) => type === "azurerm_servicebus_subscription_rule" && index === key,
  )
  if (!planned) return [finding("service bus entities", key, "rule is in entities.json but not planned")]
  const wanted = (rule.Properties ?? {}) as {
    FilterType: string
    SqlFilter?: { SqlExpression: string }
    CorrelationFilter?: Record<string, unknown>
  }
  const correlation = (planned.values.correlation_filter as Record<string, unknown>[])[0]
  const same =
    wanted.FilterType === "Sql"
      ? planned.values.sql_filter === wanted.SqlFilter?.SqlExpression
      : Object.entries(wanted.CorrelationFilter ?? {}).every(([name, value]) => {
          const argument = name.replace(/(?!^)([A-Z])/g, "_$1").toLowerCase()
          return JSON.stringify(correlation?.[argument]) === JSON.stringify(value)
        })
  return same ? [] : [finding("service bus entities", planned.address, "filter differs from entities.json")]
}

/** Azure gets exactly the queues, topics, subscriptions and rules that the local emulator has. */
export function checkEntities(plan: Plan, entities: Entities): Finding[] {
  const resources = resourcesOf(plan)
  const { Queues, Topics } = entities.UserConfig.Namespaces[0] ?? { Queues: [], Topics: [] }
  const subscriptions = Topics.flatMap((topic) =>
    topic.Subscriptions.map((entry) => ({ key: `${topic.Name}/${entry.Name}`, entry })),
  )
  const rules = subscriptions.flatMap(({ key, entry }) =>
    entry.Rules.map((rule) => ({ key: `${key}/${rule.Name}`, rule })),
  )
  const wanted = Queues.length + Topics.length + subscriptions.length + rules.length
  const planned = resources.filter(({ type }) =>
    /^azurerm_servicebus_(queue|topic|subscription|subscription_rule)$/.test(type),
  )
  return [
    ...Queues.flatMap((queue) => compare(resources, "azurerm_servicebus_queue", queue.Name, queue)),
    ...Topics.flatMap((topic) => compare(resources, "azurerm_servicebus_topic", topic.Name, topic)),
    ...subscriptions.flatMap(({ key, entry }) =>
      compare(resources, "azurerm_servicebus_subscription", key, entry),
    ),
    ...rules.flatMap(({ key, rule }) => compareRule(resources, key, rule)),
    ...(planned.length === wanted
      ? []
      : [
          finding(
            "service bus entities",
            "plan",
            `${planned.length} entities are planned, entities.json has ${wanted}`,
          ),
        ]),
  ]
}
