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
  /** Given back untouched: not a failed delivery (AMQP 1.0 part 3, section 3.4.4). */
  | { kind: "release" }
  | { kind: "defer"; properties?: PropertyChanges }
  | { kind: "deadLetter"; reason?: string; description?: string; properties?: PropertyChanges }

/** What the queue asks of its surroundings. The message has already left the queue. */
export interface QueueOwner {
  /** The message goes to the dead-letter queue. */
  deadLetter(message: StoredMessage, why: DeadLetterCause, now: number): void
  /** The message's time to live is over. */
  expired(message: StoredMessage, now: number): void
  /** A scheduled message is due. */
  due(message: StoredMessage, now: number): void
}

/** Why a message is dead-lettered; becomes the properties DeadLetterReason and DeadLetterErrorDescription. */
export interface DeadLetterCause {
  reason?: string | undefined
  description?: string | undefined
}
