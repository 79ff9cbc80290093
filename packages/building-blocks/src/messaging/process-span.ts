import type { InvocationContext } from "@azure/functions"
import type { CloudEvent } from "@eshop/domain/contracts/event"
import { SpanKind } from "@opentelemetry/api"
import { errorTypeOf } from "../telemetry/client-call.ts"
import { faasAttributes } from "../telemetry/faas.ts"
import { record } from "../telemetry/metrics.ts"
import {
  ATTR_ERROR_TYPE,
  ATTR_MESSAGING_DESTINATION_NAME,
  ATTR_MESSAGING_DESTINATION_SUBSCRIPTION_NAME,
  ATTR_MESSAGING_MESSAGE_ID,
  ATTR_MESSAGING_OPERATION_NAME,
  ATTR_MESSAGING_OPERATION_TYPE,
  ATTR_MESSAGING_SYSTEM,
  MESSAGING_SYSTEM_VALUE_SERVICEBUS,
} from "../telemetry/semantic-conventions.ts"
import { inSpan } from "../telemetry/spans.ts"
import { traceparentOf } from "../telemetry/traceparent.ts"
import { SENT_UNDER } from "./service-bus.ts"

/** A delivery of a message. */
export type Delivery = {
  readonly topic: string
  readonly subscription: string
  /** Undefined where the message is none. */
  readonly event: CloudEvent | undefined
  readonly messageId: string
  readonly context: InvocationContext
}

/** What a message was sent under; what made its event where it does not say; what the host knows where neither does. */
function originOf({ event, context }: Delivery): string {
  const properties = context.triggerMetadata?.applicationProperties as Record<string, unknown> | undefined
  // The worker begins every name with a small letter.
  const sentUnder = properties?.[SENT_UNDER.charAt(0).toLowerCase() + SENT_UNDER.slice(1)]
  return traceparentOf(
    typeof sentUnder === "string" ? sentUnder : undefined,
    event?.traceparent,
    context.traceContext?.traceParent,
  )
}

/** Handles a delivery under a CONSUMER span below the one that sent it, and measures it, with the time that it is held. */
export async function inProcessSpan<T>(
  delivery: Delivery,
  work: (traceparent: string) => Promise<T>,
): Promise<T> {
  const { topic, subscription, messageId, context, event } = delivery
  const destination = {
    [ATTR_MESSAGING_SYSTEM]: MESSAGING_SYSTEM_VALUE_SERVICEBUS,
    [ATTR_MESSAGING_DESTINATION_NAME]: topic,
  }
  const attributes = {
    ...destination,
    [ATTR_MESSAGING_DESTINATION_SUBSCRIPTION_NAME]: subscription,
    [ATTR_MESSAGING_OPERATION_NAME]: "process",
    [ATTR_MESSAGING_OPERATION_TYPE]: "process",
    [ATTR_MESSAGING_MESSAGE_ID]: messageId,
    ...faasAttributes("pubsub", context),
  }
  const about = {
    name: `process ${topic}`,
    kind: SpanKind.CONSUMER,
    traceparent: originOf(delivery),
    attributes,
    invocation: context,
  }
  const started = performance.now()
  let errorType: string | undefined
  return await inSpan(about, async (span) => {
    try {
      return await work(span.traceparent)
    } catch (error) {
      errorType = errorTypeOf(error)
      span.fail(errorType)
      throw error
    } finally {
      record("messaging.process.duration", (performance.now() - started) / 1_000, {
        ...destination,
        "messaging.message.type": event?.type,
        ...(errorType !== undefined && { [ATTR_ERROR_TYPE]: errorType }),
      })
    }
  })
}
