import type { CloudEvent, EventDefinition } from "@eshop/domain/events/define-event"
import { toCloudEvent } from "@eshop/domain/events/define-event"
import type { z } from "zod"
import type { CallContext, Tx } from "../use-case.ts"

/** A message that waits in the outbox for its sending. */
export type OutboxMessage = { readonly topic: string; readonly event: CloudEvent }

/** The outbox of a context: written in the transaction that makes the fact true, read by the relay. */
export type Outbox = {
  /** Adds messages; they leave after the commit. */
  add(tx: Tx, messages: readonly OutboxMessage[]): Promise<void>
  /** Leases up to `limit` waiting messages, oldest first, for `leaseSeconds`: nobody else claims them meanwhile. */
  claim(limit: number, leaseSeconds: number): Promise<readonly OutboxMessage[]>
  /** Forgets messages that the broker has accepted. */
  remove(eventIds: readonly string[]): Promise<void>
  /** Ends the lease of messages that could not be sent. */
  release(eventIds: readonly string[]): Promise<void>
}

/** The outbox message of a fact; its id is new and stays the same over every re-send. */
export const message = <T extends z.ZodType>(
  event: EventDefinition<T>,
  subject: string,
  data: z.input<T>,
  call: Pick<CallContext, "now" | "newId" | "traceparent">,
): OutboxMessage => ({
  topic: event.topic,
  event: toCloudEvent(
    event,
    {
      id: call.newId(),
      time: call.now,
      subject,
      ...(call.traceparent && { traceparent: call.traceparent }),
    },
    data,
  ),
})
