import type { QueueDeclaration } from "./broker/queue-entity.ts"
import type { TopicDeclaration } from "./broker/topic-entity.ts"
import { parseDuration } from "./duration.ts"
import type { CorrelationFilter } from "./filters/correlation.ts"
import { compileRule, type RuleDescription } from "./filters/rule.ts"

/** The declared entities of a namespace. */
export interface Topology {
  namespace: string
  queues: QueueDeclaration[]
  topics: (TopicDeclaration & { subscriptions: (QueueDeclaration & { rules: RuleDescription[] })[] })[]
}

/** The configuration names an entity or property that is wrong; the message says which and where. */
export class ConfigError extends Error {
  constructor(message: string) {
    super(message)
    this.name = "ConfigError"
  }
}

type Json = Record<string, unknown>

const queueProperties = [
  "DeadLetteringOnMessageExpiration",
  "DefaultMessageTimeToLive",
  "DuplicateDetectionHistoryTimeWindow",
  "ForwardDeadLetteredMessagesTo",
  "ForwardTo",
  "LockDuration",
  "MaxDeliveryCount",
  "RequiresDuplicateDetection",
  "RequiresSession",
]
const topicProperties = [
  "DefaultMessageTimeToLive",
  "DuplicateDetectionHistoryTimeWindow",
  "RequiresDuplicateDetection",
]
const subscriptionProperties = queueProperties.filter((name) => !name.includes("Duplicate"))
const correlationProperties = {
  ContentType: "contentType",
  CorrelationId: "correlationId",
  Label: "label",
  MessageId: "messageId",
  ReplyTo: "replyTo",
  ReplyToSessionId: "replyToSessionId",
  SessionId: "sessionId",
  To: "to",
} as const

/** The pattern for entity names in the schema of Microsoft's emulator. */
const namePattern = /^[A-Za-z0-9]$|^[A-Za-z0-9][\w\-./]*[A-Za-z0-9]$/

/** The rule of a subscription that declares none: every message. */
const defaultRule: RuleDescription = { name: "$Default", filter: { kind: "sql", expression: "1=1" } }

/**
 * Reads a configuration in the shape of Microsoft's Service Bus emulator (UserConfig.Namespaces[0]). What the shape
 * does not know is refused with a ConfigError, so that a misspelt property does not pass in silence. Defaults are
 * those of Azure: lock 1 minute, 10 deliveries, no time to live, duplicate window 10 minutes.
 */
export function parseConfig(config: unknown): Topology {
  const user = object(object(config, "config").UserConfig, "UserConfig")
  const namespaces = list(user.Namespaces, "Namespaces")
  if (namespaces.length !== 1) throw new ConfigError("UserConfig.Namespaces must hold exactly one namespace.")
  const namespace = object(namespaces[0], "Namespaces[0]")
  const topology: Topology = {
    namespace: String(namespace.Name ?? "sbemulatorns"),
    queues: list(namespace.Queues ?? [], "Queues").map((queue) =>
      parseQueue(queue, "Queue", "", queueProperties),
    ),
    topics: list(namespace.Topics ?? [], "Topics").map(parseTopic),
  }
  checkNames(topology)
  return topology
}

function parseTopic(json: unknown): Topology["topics"][number] {
  const topic = object(json, "Topic")
  const name = entityName(topic, "Topic")
  const where = `Topic '${name}'`
  const properties = known(topic, where, topicProperties)
  return {
    name,
    defaultTtl: duration(properties, "DefaultMessageTimeToLive", where) ?? Number.POSITIVE_INFINITY,
    ...duplicateWindow(properties, where),
    subscriptions: list(topic.Subscriptions ?? [], `${where}.Subscriptions`).map((subscription) => ({
      ...parseQueue(subscription, "Subscription", `${name}/Subscriptions/`, subscriptionProperties),
      rules: parseRules(object(subscription, "Subscription").Rules, `${where}, subscription`),
    })),
  }
}

function parseQueue(json: unknown, kind: string, prefix: string, allowed: string[]): QueueDeclaration {
  const queue = object(json, kind)
  const name = `${prefix}${entityName(queue, kind)}`
  const where = `${kind} '${name}'`
  const properties = known(queue, where, allowed)
  const maxDeliveryCount = properties.MaxDeliveryCount ?? 10
  if (!Number.isInteger(maxDeliveryCount) || (maxDeliveryCount as number) < 1) {
    throw new ConfigError(`${where}: MaxDeliveryCount must be a whole number from 1 on.`)
  }
  const lockDuration = duration(properties, "LockDuration", where) ?? 60_000
  if (lockDuration <= 0 || lockDuration > 300_000) {
    throw new ConfigError(`${where}: LockDuration must be more than 0 and at most PT5M.`)
  }
  const declaration: QueueDeclaration = {
    name,
    lockDuration,
    maxDeliveryCount: maxDeliveryCount as number,
    requiresSession: flag(properties, "RequiresSession", where),
    defaultTtl: duration(properties, "DefaultMessageTimeToLive", where) ?? Number.POSITIVE_INFINITY,
    deadLetterOnExpiration: flag(properties, "DeadLetteringOnMessageExpiration", where),
    ...duplicateWindow(properties, where),
  }
  // The sample of Microsoft's emulator writes an empty string for "nowhere".
  if (properties.ForwardTo) declaration.forwardTo = String(properties.ForwardTo)
  if (properties.ForwardDeadLetteredMessagesTo) {
    declaration.forwardDeadLetteredTo = String(properties.ForwardDeadLetteredMessagesTo)
  }
  return declaration
}

function parseRules(json: unknown, where: string): RuleDescription[] {
  const rules = list(json ?? [], `${where}.Rules`).map((item) =>
    parseRule(object(item, `${where} rule`), where),
  )
  return rules.length > 0 ? rules : [defaultRule]
}

function parseRule(json: Json, where: string): RuleDescription {
  const name = entityName(json, `${where}: rule`)
  const at = `${where}, rule '${name}'`
  const properties = known(json, at, ["FilterType", "CorrelationFilter", "SqlFilter", "Action"])
  const rule: RuleDescription = { name, filter: parseFilter(properties, at) }
  if (properties.Action !== undefined) rule.action = sqlExpression(properties.Action, `${at}.Action`)
  try {
    compileRule(rule)
  } catch (error) {
    throw new ConfigError(`${where}: ${(error as Error).message}`)
  }
  return rule
}

function parseFilter(properties: Json, at: string): RuleDescription["filter"] {
  if (properties.FilterType === "Sql") {
    return { kind: "sql", expression: sqlExpression(properties.SqlFilter, `${at}.SqlFilter`) }
  }
  if (properties.FilterType !== "Correlation")
    throw new ConfigError(`${at}: FilterType must be Sql or Correlation.`)
  const json = object(properties.CorrelationFilter, `${at}.CorrelationFilter`)
  const correlation: CorrelationFilter = {}
  for (const [key, value] of Object.entries(json)) {
    if (key === "Properties") correlation.properties = object(value, `${at}.CorrelationFilter.Properties`)
    else if (key in correlationProperties) {
      correlation[correlationProperties[key as keyof typeof correlationProperties]] = String(value)
    } else throw new ConfigError(`${at}: CorrelationFilter has no property '${key}'.`)
  }
  if (Object.keys(correlation).length === 0)
    throw new ConfigError(`${at}: CorrelationFilter must not be empty.`)
  return { kind: "correlation", correlation }
}

function sqlExpression(json: unknown, at: string): string {
  const { SqlExpression: expression } = object(json, at)
  if (typeof expression !== "string" || expression.trim() === "") {
    throw new ConfigError(`${at}.SqlExpression must be a text.`)
  }
  return expression
}

function duplicateWindow(properties: Json, where: string): { duplicateWindow?: number } {
  const window = duration(properties, "DuplicateDetectionHistoryTimeWindow", where) ?? 600_000
  return flag(properties, "RequiresDuplicateDetection", where) ? { duplicateWindow: window } : {}
}

function checkNames(topology: Topology): void {
  const destinations = [...topology.queues, ...topology.topics]
  const queues = [...topology.queues, ...topology.topics.flatMap((topic) => topic.subscriptions)]
  const seen = new Set<string>()
  for (const { name } of [...queues, ...topology.topics]) {
    if (seen.has(name.toLowerCase())) throw new ConfigError(`The name '${name}' is declared twice.`)
    seen.add(name.toLowerCase())
  }
  const targets = new Set(destinations.map(({ name }) => name.toLowerCase()))
  for (const queue of queues) {
    for (const target of [queue.forwardTo, queue.forwardDeadLetteredTo]) {
      if (target === undefined) continue
      if (!targets.has(target.toLowerCase())) {
        throw new ConfigError(
          `'${queue.name}' forwards to '${target}', which is neither a queue nor a topic.`,
        )
      }
      if (target.toLowerCase() === queue.name.toLowerCase()) {
        throw new ConfigError(`'${queue.name}' forwards to itself.`)
      }
    }
  }
}

function known(json: Json, where: string, allowed: string[]): Json {
  const properties = object(json.Properties ?? {}, `${where}.Properties`)
  const unknown = Object.keys(properties).find((name) => !allowed.includes(name))
  if (unknown !== undefined) {
    throw new ConfigError(`${where} has no property '${unknown}'. It knows ${allowed.join(", ")}.`)
  }
  return properties
}

function entityName(json: Json, kind: string): string {
  if (typeof json.Name === "string" && namePattern.test(json.Name)) return json.Name
  throw new ConfigError(
    `${kind}: '${String(json.Name)}' is not a valid Name (letters, digits and - _ . / inside).`,
  )
}

function duration(properties: Json, name: string, where: string): number | undefined {
  const text = properties[name]
  if (text === undefined || text === null) return undefined
  try {
    return parseDuration(String(text))
  } catch (error) {
    throw new ConfigError(`${where}: ${name}: ${(error as Error).message}.`)
  }
}

function flag(properties: Json, name: string, where: string): boolean {
  const value = properties[name] ?? false
  if (typeof value !== "boolean") throw new ConfigError(`${where}: ${name} must be true or false.`)
  return value
}

function object(value: unknown, where: string): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json
  throw new ConfigError(`${where} must be an object.`)
}

function list(value: unknown, where: string): unknown[] {
  if (Array.isArray(value)) return value
  throw new ConfigError(`${where} must be a list.`)
}
