import { app, type FunctionInput, type InvocationContext } from "@azure/functions"
import { CloudEvent, type EventDefinition } from "@eshop/domain/events/define-event"
import { isRefusal } from "@eshop/domain/refusal"
import type { z } from "zod"
import { traceparentOf } from "../http/trace.ts"
import { newId } from "../ids.ts"
import type { CallContext, Tx, UnitOfWork, UseCase } from "../use-case.ts"
import { messageHold } from "./hold.ts"
import type { Inbox } from "./inbox.ts"

/** A use case that handles one event type. */
export type Subscriber = { readonly type: string; readonly useCase: UseCase }

/** Binds an event to the use case that handles it; their schemas must agree. */
export const when = <T extends z.ZodType, Out>(
  event: EventDefinition<T>,
  useCase: UseCase<T, Out>,
): Subscriber => ({
  type: event.type,
  useCase: useCase as unknown as UseCase,
})

export type EventEdge = {
  /**
   * Registers the Service Bus trigger of a subscription. A message is done when its handler returned. While a
   * dependency is out it is held; when its handler threw, the broker delivers it again and, after the maximum, puts it
   * into the dead-letter queue.
   */
  subscription(
    topic: string,
    subscription: string,
    subscribers: Subscribers,
    options?: SubscriptionOptions,
  ): void
}

/** The subscribers, or what makes them for one invocation when they need its extra inputs (the durable client). */
export type Subscribers = readonly Subscriber[] | ((context: InvocationContext) => readonly Subscriber[])

export type SubscriptionOptions = { readonly extraInputs?: FunctionInput[] }

class HandledBefore extends Error {}

export type EventEdgeParts = {
  readonly unitOfWork: UnitOfWork
  readonly inbox: Inbox
}

/** The edge between Service Bus triggers and use cases: parses the CloudEvent, keeps the inbox, traces. */
export function eventEdge({ unitOfWork, inbox }: EventEdgeParts): EventEdge {
  const hold = messageHold()
  app.hook.appTerminate(() => hold.end())

  async function handle(
    subscribers: readonly Subscriber[],
    body: unknown,
    context: InvocationContext,
  ): Promise<void> {
    const event = CloudEvent.parse(typeof body === "string" ? JSON.parse(body) : body)
    const subscriber = subscribers.find(({ type }) => type === event.type)
    if (!subscriber) throw new Error(`no handler for event type '${event.type}'`)
    const { useCase } = subscriber
    const call: CallContext = {
      now: new Date(),
      newId,
      caller: { kind: "user", id: event.source, roles: [] },
      traceparent: traceparentOf(event.traceparent, context.traceContext?.traceParent),
      transact: <T>(work: (tx: Tx) => Promise<T>) =>
        unitOfWork.transaction(async (tx) => {
          if (!(await inbox.claim(tx, event.id))) throw new HandledBefore()
          return await work(tx)
        }),
    }
    try {
      const result = await useCase.handle(useCase.input.parse(event.data), call)
      if (isRefusal(result))
        throw new Error(`${useCase.name} refused ${event.id}: ${result.code}: ${result.detail}`)
    } catch (error) {
      if (!(error instanceof HandledBefore)) throw error
      context.debug(`${useCase.name}: message ${event.id} was handled before`)
      return
    }
  }

  return {
    subscription(topic, subscription, subscribers, options = {}) {
      app.serviceBusTopic(`on-${topic}`, {
        topicName: topic,
        subscriptionName: subscription,
        connection: "ServiceBus",
        ...options,
        handler: (message, context) =>
          hold.run(() =>
            handle(typeof subscribers === "function" ? subscribers(context) : subscribers, message, context),
          ),
      })
    },
  }
}
