import type { InvocationContext } from "@azure/functions"
import { CloudEvent } from "@eshop/domain/contracts/event"
import type { Subscription } from "../app/app.ts"
import type { Invoke } from "../app/invoke.ts"
import { isUnavailable } from "../failure.ts"
import type { BaseStore } from "../store/store.ts"
import { log } from "../telemetry/log.ts"
import { idsOf } from "../telemetry/observe.ts"
import type { Hold } from "./hold.ts"
import { inProcessSpan } from "./process-span.ts"
import { REDRIVE_TO } from "./service-bus.ts"

/** A handler that fails for no reason that waiting mends is tried this often before its message is parked. */
const ATTEMPTS = 3

const HANDLER_FAILED = "handler-failed"

/** Why a message can never be handled as it is. */
type Unhandled = { readonly reason: string; readonly detail: string }

/** A Service Bus message as the Functions host hands it over. */
type Received = { readonly body: unknown; readonly messageId: string }

/** The topic's subscriptions as one trigger: one Service Bus subscription per topic and context. */
export const byTopic = (
  entries: readonly { readonly kind: string }[],
): Map<string, readonly Subscription[]> =>
  Map.groupBy(
    entries.filter((entry): entry is Subscription => entry.kind === "event"),
    ({ event }) => event.topic,
  )

/**
 * The filter of a context's subscription: the events that it consumes, and none that was redriven to another context.
 * @returns a Service Bus SQL filter (https://learn.microsoft.com/azure/service-bus-messaging/service-bus-messaging-sql-filter)
 */
export function filterOf(context: string, subscriptions: readonly Subscription[]): string {
  const types = subscriptions.map(({ event }) => `'${event.type}'`).sort()
  return `sys.Label IN (${types.join(", ")}) AND ([${REDRIVE_TO}] IS NULL OR [${REDRIVE_TO}] = '${context}')`
}

/**
 * Consumes the messages of a subscription. While a dependency is out a message is held, then given back to the broker.
 * What can never be handled (no handler, broken schema, a refusal, a handler that keeps failing) is parked with its
 * reason in the transaction that records it as handled, and completed: a Node handler cannot dead-letter with a reason.
 */
export function consume(
  topic: string,
  subscriptions: readonly Subscription[],
  parts: {
    /** The subscription's name. */
    readonly subscription: string
    readonly invoke: Invoke
    readonly store: BaseStore
    readonly hold: Hold
  },
) {
  const { subscription, invoke, store, hold } = parts

  async function deliver(
    event: CloudEvent,
    context: InvocationContext,
    traceparent: string,
  ): Promise<Unhandled | undefined> {
    const consumer = subscriptions.find((candidate) => candidate.event.type === event.type)
    if (!consumer) return { reason: "no-handler", detail: `nothing here consumes ${event.type}` }
    const outcome = await invoke({
      useCase: consumer.useCase,
      read: () => ({ input: event.data }),
      trigger: "event",
      caller: { kind: "service", id: event.source, roles: [] },
      message: event,
      traceparent,
      context,
    })
    if (outcome.type === "refused") return { reason: outcome.refusal.code, detail: outcome.refusal.detail }
    if (outcome.type === "invalid") return { reason: "broken-schema", detail: outcome.error.message }
    if (outcome.type !== "done") throw new Error(`an event was answered with ${outcome.type}`)
    return undefined
  }

  /** Tries a handler that fails unexpectedly a few times: what it met may have been another's unfinished work. */
  async function deliverRepeatedly(
    event: CloudEvent,
    context: InvocationContext,
    traceparent: string,
  ): Promise<Unhandled | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await deliver(event, context, traceparent)
      } catch (error) {
        if (isUnavailable(error)) throw error
        if (attempt === ATTEMPTS) return { reason: HANDLER_FAILED, detail: (error as Error).message }
      }
    }
  }

  /** @returns whether it was parked: what was handled before, and is refused now, is no news */
  async function park({ body, messageId }: Received, unhandled: Unhandled): Promise<boolean> {
    const { data: event } = CloudEvent.safeParse(body)
    const source = storable(event?.source ?? "unknown")
    const eventId = event?.id ?? messageId
    return await store.unitOfWork.transaction(async (tx) => {
      const committed = !(await store.inbox.claim(tx, source, eventId))
      if (committed && unhandled.reason !== HANDLER_FAILED) return false
      await store.parked.park(tx, {
        reason: unhandled.reason,
        detail: storable(unhandled.detail),
        source,
        eventId,
        topic,
        type: storable(event?.type ?? ""),
        body,
        committed,
        parkedAt: new Date(),
      })
      return true
    })
  }

  return async (message: unknown, context: InvocationContext): Promise<void> => {
    const received: Received = {
      body: parseJson(message),
      messageId: String(context.triggerMetadata?.messageId ?? context.invocationId),
    }
    const { data: event, error } = CloudEvent.safeParse(received.body)
    const delivery = { topic, subscription, event, messageId: received.messageId, context }
    await inProcessSpan(delivery, (traceparent) =>
      hold.run(async () => {
        const unhandled = event
          ? await deliverRepeatedly(event, context, traceparent)
          : { reason: "broken-schema", detail: error.message }
        if (unhandled && (await park(received, unhandled))) tellOfParked(event, received, unhandled)
      }),
    )
  }
}

/** A person must know of it, and finds it by what it is about. */
function tellOfParked(
  event: CloudEvent | undefined,
  { messageId }: Received,
  { reason, detail }: Unhandled,
): void {
  const about = { type: event?.type, eventId: event?.id ?? messageId, reason, detail, ...idsOf(event?.data) }
  log.error("a message is parked", about)
}

/** Text from outside as every store takes it. */
const storable = (text: string): string => text.slice(0, 1_000).toWellFormed().replaceAll("\u0000", "\ufffd")

/** The body as JSON; as it is where it is none. */
function parseJson(body: unknown): unknown {
  if (typeof body !== "string") return body
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
