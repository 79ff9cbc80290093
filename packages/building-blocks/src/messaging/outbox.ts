import type { CloudEvent, EventDefinition } from "@eshop/domain/contracts/event"
import { toCloudEvent } from "@eshop/domain/contracts/event"
import type { z } from "zod"
import type { Call, Tx } from "../app/call.ts"
import { traceMember } from "../telemetry/ambient.ts"

/** The outbox message of an event that waits for its sending. */
export type OutboxMessage = {
  /** The Service Bus message id, by which the broker recognises a re-send: the event's id unless it is redriven. */
  readonly id: string
  readonly topic: string
  readonly event: CloudEvent
  /** The one context that a redriven event is for. */
  readonly redriveTo?: string
}

/** The outbox of a context: written in the transaction that makes the fact true, read by the relay. */
export type Outbox = {
  /** Adds messages; they leave after the commit. */
  add(tx: Tx, messages: readonly OutboxMessage[]): Promise<void>
  /** Hands over the messages of every commit from now on, leased for `leaseSeconds` to whoever sends them. */
  sendAfterCommit(leaseSeconds: number, send: (messages: readonly OutboxMessage[]) => void): void
  /** Leases up to `limit` waiting messages, oldest first, for `leaseSeconds`: nobody else claims them meanwhile. */
  claim(limit: number, leaseSeconds: number): Promise<readonly OutboxMessage[]>
  /** Forgets messages that the broker has accepted. */
  remove(ids: readonly string[]): Promise<void>
  /** Ends the lease of messages that could not be sent. */
  release(ids: readonly string[]): Promise<void>
  /** What waits, also what is being sent. */
  backlog(): Promise<OutboxBacklog>
}

export type OutboxBacklog = {
  readonly pending: number
  /** How long ago the oldest was added; 0 when nothing waits. */
  readonly oldestSeconds: number
}

/** The outbox message of a fact; its id is new and stays the same over every re-send. */
export function message<T extends z.ZodType>(
  event: EventDefinition<T>,
  subject: string,
  data: z.input<T>,
  call: Pick<Call, "now" | "newId">,
): OutboxMessage {
  const id = call.newId()
  return {
    id,
    topic: event.topic,
    event: toCloudEvent(event, { id, time: call.now, subject, ...traceMember() }, data),
  }
}
