import rhea from "rhea"
import { argumentError } from "../broker/errors.ts"
import type { Subscription } from "../broker/topic-entity.ts"
import type { CorrelationFilter } from "../filters/correlation.ts"
import type { RuleDescription } from "../filters/rule.ts"
import type { Body, Reply } from "./request-link.ts"

/** Descriptors of the described lists in which rules travel (AMQP request-response operations, "Get rules"). */
const RULE_DESCRIPTION = 0x0000013700000004
const EMPTY_ACTION = 0x0000013700000005
const SQL_ACTION = 0x0000013700000006
const SQL_FILTER = 0x000001370000006
const TRUE_FILTER = 0x000001370000007
const CORRELATION_FILTER = 0x000001370000009

/** The fields of a correlation filter: their keys in add-rule and their order in enumerate-rules. */
const correlationFields = [
  ["correlation-id", "correlationId"],
  ["message-id", "messageId"],
  ["to", "to"],
  ["reply-to", "replyTo"],
  ["label", "label"],
  ["session-id", "sessionId"],
  ["reply-to-session-id", "replyToSessionId"],
  ["content-type", "contentType"],
] as const

/** Adds the rule of an add-rule request. */
export function addRule(subscription: Subscription, body: Body): void {
  const name = body["rule-name"]
  const description = (body["rule-description"] ?? {}) as Record<string, Body | undefined>
  if (typeof name !== "string" || name === "") throw argumentError("The rule has no name.")
  const rule: RuleDescription = { name, filter: filterOf(description) }
  const action = description["sql-rule-action"]?.expression
  if (typeof action === "string") rule.action = action
  subscription.addRule(rule)
}

/** Removes the rule of a remove-rule request. */
export function removeRule(subscription: Subscription, body: Body): void {
  subscription.removeRule(String(body["rule-name"]))
}

/** Answers an enumerate-rules request with one page of rules. */
export function enumerateRules(subscription: Subscription, body: Body): Reply {
  const skip = Number(body.skip ?? 0)
  const page = subscription.rules.slice(skip, skip + Number(body.top ?? 100))
  if (page.length === 0) return { status: 204, body: { rules: [] } }
  return { status: 200, body: { rules: page.map((rule) => ({ "rule-description": describe(rule) })) } }
}

function filterOf(description: Record<string, Body | undefined>): RuleDescription["filter"] {
  const sql = description["sql-filter"]
  if (sql) return { kind: "sql", expression: String(sql.expression) }
  const fields = description["correlation-filter"]
  if (!fields) throw argumentError("The rule has no filter.")
  const correlation: CorrelationFilter = {}
  for (const [key, name] of correlationFields)
    if (fields[key] != null) correlation[name] = String(fields[key])
  if (fields.properties != null) correlation.properties = fields.properties as Record<string, unknown>
  return { kind: "correlation", correlation }
}

function describe(rule: RuleDescription) {
  const action =
    rule.action === undefined ? described([], EMPTY_ACTION) : described([rule.action, 20], SQL_ACTION)
  return described([describeFilter(rule.filter), action, rule.name], RULE_DESCRIPTION)
}

function describeFilter(filter: RuleDescription["filter"]) {
  if (filter.kind === "sql") {
    return filter.expression === "1=1"
      ? described([], TRUE_FILTER)
      : described([filter.expression, 20], SQL_FILTER)
  }
  const { correlation } = filter
  const fields = correlationFields.map(([, name]) => correlation[name] ?? null)
  return described([...fields, correlation.properties ?? {}], CORRELATION_FILTER)
}

/** A described list. The items are wrapped here because rhea leaves a list of one or none as an empty list type. */
function described(items: unknown[], descriptor: number) {
  return rhea.types.wrap_described(items as never, descriptor as never)
}
