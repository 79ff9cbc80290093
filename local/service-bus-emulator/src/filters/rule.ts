import type { IncomingMessage } from "../broker/message.ts"
import { editProperties, type MessageProperties } from "../message/edit.ts"
import { type CorrelationFilter, matchesCorrelation } from "./correlation.ts"
import { compileAction } from "./sql-action.ts"
import { compileFilter } from "./sql-filter.ts"

/** A rule as declared or added at run time. */
export interface RuleDescription {
  name: string
  filter: { kind: "sql"; expression: string } | { kind: "correlation"; correlation: CorrelationFilter }
  /** A SQL action: SET and REMOVE statements. */
  action?: string
}

export interface CompiledRule {
  description: RuleDescription
  /** Whether the message matches. Properties are decoded only when the filter looks at them. */
  matches(properties: () => MessageProperties): boolean
  /** The copy of the message that the rule's action makes; absent when the rule has none. */
  apply?: (message: IncomingMessage, properties: MessageProperties) => IncomingMessage
}

/** Compiles a rule. Throws an Error that names the rule and the position when an expression is wrong. */
export function compileRule(description: RuleDescription): CompiledRule {
  const { filter, action } = description
  const rule: CompiledRule = { description, matches: compileMatcher(description.name, filter) }
  if (action === undefined) return rule
  const compiled = named(description.name, "action", () => compileAction(action))
  rule.apply = (message, properties) => {
    const changes = compiled(properties)
    const content = editProperties(message.content, changes.application, changes.system)
    const copy = { ...message, content }
    if ("groupId" in changes.system) {
      const { groupId } = changes.system
      if (typeof groupId === "string") copy.sessionId = groupId
      else delete copy.sessionId
    }
    return copy
  }
  return rule
}

function compileMatcher(name: string, filter: RuleDescription["filter"]): CompiledRule["matches"] {
  if (filter.kind === "correlation") {
    return (properties) => matchesCorrelation(filter.correlation, properties())
  }
  // The default rule of every subscription; not worth decoding a message for.
  if (filter.expression.replaceAll(" ", "") === "1=1") return () => true
  const compiled = named(name, "filter", () => compileFilter(filter.expression))
  return (properties) => compiled(properties()) === true
}

function named<T>(name: string, part: string, compile: () => T): T {
  try {
    return compile()
  } catch (error) {
    throw new Error(`Rule '${name}', SQL ${part}: ${(error as Error).message}`)
  }
}
