import type { PropertyChanges, StoredMessage } from "./message.ts"

/** The settings of a queue or subscription. Durations are milliseconds. */
export interface QueueSettings {
  name: string
  lockDuration: number
  /** After that many failed deliveries a message is dead-lettered. */
  maxDeliveryCount: number
  requiresSession: boolean
}

/** How a receiver settles a message. */
export type Settlement =
  | { kind: "complete" }
  | { kind: "abandon"; properties?: PropertyChanges }
  | { kind: "defer"; properties?: PropertyChanges }
  | { kind: "deadLetter"; reason?: string; description?: string; properties?: PropertyChanges }

/** What the queue asks of its surroundings. */
export interface QueueOwner {
  /** The message leaves the queue for the dead-letter queue. */
  deadLetter(message: StoredMessage, reason: string | undefined, description: string | undefined): void
  /** The message's time to live is over; it already left the queue. */
  expired(message: StoredMessage): void
  /** A scheduled message is due; it already left the queue. */
  due(message: StoredMessage, now: number): void
}
