/** What a sender handed over, taken apart once when it arrives. Times are milliseconds since the epoch. */
export interface IncomingMessage {
  /** The AMQP bare message and footer (properties, application properties, body), as the sender encoded it. */
  content: Buffer
  /** The sender's message annotations, encoded as alternating keys and values, without those the broker owns. */
  annotations: Buffer
  annotationCount: number
  durable: boolean
  priority: number
  /** The sender's time to live in milliseconds; absent: the entity's default. */
  ttl?: number
  messageId: string
  sessionId?: string
  /** When the message is to become visible; absent or past: now. */
  scheduledAt?: number
}

export type MessageState = "active" | "deferred" | "scheduled"

/** A message at rest in a queue, subscription or dead-letter queue. */
export interface StoredMessage extends IncomingMessage {
  sequenceNumber: number
  /** The sequence number at the first point of submission, when that was another entity; otherwise 0. */
  enqueuedSequenceNumber: number
  enqueuedAt: number
  /** Infinity: never. */
  expiresAt: number
  state: MessageState
  deliveryCount: number
  /** Set when the message was dead-lettered and then forwarded to another entity. */
  deadLetterSource?: string
  /** How often the message was forwarded from one entity to another. */
  hops: number
}

/** Application properties that a receiver or a rule adds or changes. */
export type PropertyChanges = Record<string, unknown>
