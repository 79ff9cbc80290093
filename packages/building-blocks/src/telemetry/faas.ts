import type { InvocationContext } from "@azure/functions"
import type { Attributes } from "@opentelemetry/api"
import { ATTR_FAAS_COLDSTART, ATTR_FAAS_INVOCATION_ID, ATTR_FAAS_TRIGGER } from "./semantic-conventions.ts"

/** What triggers a function, in the words of the semantic conventions; `other` for an activity. */
export type FaasTrigger = "http" | "pubsub" | "timer" | "other"

let isCold = true

/** What a span says of the invocation that it is of; the first one of a process is a cold start. */
export function faasAttributes(trigger: FaasTrigger, { invocationId }: InvocationContext): Attributes {
  const attributes = {
    [ATTR_FAAS_TRIGGER]: trigger,
    [ATTR_FAAS_INVOCATION_ID]: invocationId,
    ...(isCold && { [ATTR_FAAS_COLDSTART]: true }),
  }
  isCold = false
  return attributes
}
