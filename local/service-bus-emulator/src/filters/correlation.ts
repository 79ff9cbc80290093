import type { MessageProperties } from "../message/edit.ts"
import type { PropertyField } from "../message/sections.ts"

/** A correlation filter: every given property must equal the message's. */
export interface CorrelationFilter {
  contentType?: string
  correlationId?: string
  label?: string
  messageId?: string
  replyTo?: string
  replyToSessionId?: string
  sessionId?: string
  to?: string
  properties?: Record<string, unknown>
}

const systemFields: Record<Exclude<keyof CorrelationFilter, "properties">, PropertyField> = {
  contentType: "contentType",
  correlationId: "correlationId",
  label: "subject",
  messageId: "messageId",
  replyTo: "replyTo",
  replyToSessionId: "replyToGroupId",
  sessionId: "groupId",
  to: "to",
}

/** Whether every property of the filter equals the message's. Strings compare case-sensitively. */
export function matchesCorrelation(filter: CorrelationFilter, message: MessageProperties): boolean {
  for (const [name, field] of Object.entries(systemFields)) {
    const wanted = filter[name as keyof typeof systemFields]
    if (wanted !== undefined && !equal(message.system[field], wanted)) return false
  }
  for (const [name, wanted] of Object.entries(filter.properties ?? {})) {
    if (!equal(message.application.get(name), wanted)) return false
  }
  return true
}

function equal(actual: unknown, wanted: unknown): boolean {
  if (actual instanceof Date && wanted instanceof Date) return actual.getTime() === wanted.getTime()
  if (typeof actual === "bigint") return Number(actual) === wanted
  return actual === wanted
}
