import { type Span, SpanKind } from "@opentelemetry/api"
import { errorTypeOf } from "../telemetry/client-call.ts"
import { count } from "../telemetry/metrics.ts"
import { isTelling } from "../telemetry/running.ts"
import {
  ATTR_ERROR_TYPE,
  ATTR_MESSAGING_BATCH_MESSAGE_COUNT,
  ATTR_MESSAGING_DESTINATION_NAME,
  ATTR_MESSAGING_MESSAGE_ID,
  ATTR_MESSAGING_OPERATION_NAME,
  ATTR_MESSAGING_OPERATION_TYPE,
  ATTR_MESSAGING_SYSTEM,
  MESSAGING_SYSTEM_VALUE_SERVICEBUS,
} from "../telemetry/semantic-conventions.ts"
import { failSpan, startSpan, traceparentOfSpan } from "../telemetry/spans.ts"
import type { OutboxMessage } from "./outbox.ts"

/** Messages on their way to the broker. */
export type Sending = {
  /** The trace context that goes with a message: that of its sending, where that has a span, or of its event. */
  traceparentOf(message: OutboxMessage): string | undefined
  /** @param error why the broker did not take them; nothing when it did */
  ended(error?: unknown): void
}

const unobserved: Sending = {
  traceparentOf: ({ event }) => event.traceparent,
  ended: () => {},
}

/**
 * Starts a PRODUCER span for each message, in the trace of its event: what is sent together belongs to several traces,
 * and each of them tells of its own message.
 */
export function startSending(topic: string, messages: readonly OutboxMessage[]): Sending {
  if (!isTelling()) return unobserved
  const spans = new Map(messages.map((message) => [message, spanOf(topic, message, messages.length)]))
  return {
    traceparentOf(message) {
      const span = spans.get(message)
      return span ? traceparentOfSpan(span) : message.event.traceparent
    },
    ended(error) {
      const failure = error === undefined ? undefined : errorTypeOf(error)
      for (const span of spans.values()) {
        if (failure !== undefined && span) failSpan(span, failure)
        span?.end()
      }
      count("messaging.client.sent.messages", messages.length, {
        [ATTR_MESSAGING_SYSTEM]: MESSAGING_SYSTEM_VALUE_SERVICEBUS,
        [ATTR_MESSAGING_DESTINATION_NAME]: topic,
        ...(failure !== undefined && { [ATTR_ERROR_TYPE]: failure }),
      })
    },
  }
}

/** Undefined for an event that came about outside of any trace. */
function spanOf(topic: string, { id, event }: OutboxMessage, together: number): Span | undefined {
  if (event.traceparent === undefined) return undefined
  return startSpan({
    name: `send ${topic}`,
    kind: SpanKind.PRODUCER,
    traceparent: event.traceparent,
    attributes: {
      [ATTR_MESSAGING_SYSTEM]: MESSAGING_SYSTEM_VALUE_SERVICEBUS,
      [ATTR_MESSAGING_OPERATION_NAME]: "send",
      [ATTR_MESSAGING_OPERATION_TYPE]: "send",
      [ATTR_MESSAGING_DESTINATION_NAME]: topic,
      [ATTR_MESSAGING_MESSAGE_ID]: id,
      ...(together > 1 && { [ATTR_MESSAGING_BATCH_MESSAGE_COUNT]: together }),
    },
  })
}
