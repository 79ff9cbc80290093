import { editProperties } from "../message/edit.ts"
import type { Journal, JournalRecord } from "../storage/record.ts"
import { notAllowed } from "./errors.ts"
import { Intake } from "./intake.ts"
import type { IncomingMessage, StoredMessage } from "./message.ts"
import { MessageQueue } from "./message-queue.ts"
import type { DeadLetterCause } from "./queue-contract.ts"
import { SessionLane } from "./session-lane.ts"

/** A queue or subscription as declared. Durations are milliseconds. */
export interface QueueDeclaration {
  name: string
  lockDuration: number
  maxDeliveryCount: number
  requiresSession: boolean
  defaultTtl: number
  deadLetterOnExpiration: boolean
  /** Absent: no duplicate detection. */
  duplicateWindow?: number
  forwardTo?: string
  forwardDeadLetteredTo?: string
}

/** Where a message was before. */
export interface Origin {
  enqueuedSequenceNumber: number
  hops: number
  deadLetterSource?: string
}

/** Hands a message to another entity (auto-forwarding). The configuration makes sure that the target exists. */
export type Forward = (target: string, message: IncomingMessage, origin: Origin, now: number) => void

/** The counts of an entity, as Azure's runtime properties name them. */
export interface EntityCounts {
  active: number
  deadLetter: number
  scheduled: number
  deferred: number
}

/** Azure allows four hops of auto-forwarding, then dead-letters the message. */
const MAX_HOPS = 4
const direct: Origin = { enqueuedSequenceNumber: 0, hops: 0 }

/** A queue or subscription with its dead-letter queue, sequence numbers and duplicate detection. */
export class QueueEntity {
  readonly declaration: QueueDeclaration
  readonly main: MessageQueue
  readonly deadLetters: MessageQueue
  readonly #forward: Forward
  readonly #intake: Intake

  constructor(declaration: QueueDeclaration, journal: Journal, forward: Forward) {
    const { name, lockDuration, maxDeliveryCount, requiresSession } = declaration
    this.declaration = declaration
    this.#forward = forward
    this.#intake = new Intake(key(name), declaration.duplicateWindow, journal)
    this.main = new MessageQueue(
      { name: key(name), lockDuration, maxDeliveryCount, requiresSession },
      journal,
      {
        deadLetter: (message, cause, now) => this.#deadLetter(message, cause, now),
        expired: (message, now) => this.#expired(message, now),
        due: ({ enqueuedSequenceNumber, sequenceNumber, ...message }, now) => {
          this.enqueue(message, { enqueuedSequenceNumber: sequenceNumber, hops: message.hops }, now)
        },
      },
    )
    // Messages of a dead-letter queue neither expire nor run out of deliveries, and it has no sessions.
    this.deadLetters = new MessageQueue(
      {
        name: deadLetterKey(name),
        lockDuration,
        maxDeliveryCount: Number.POSITIVE_INFINITY,
        requiresSession: false,
      },
      journal,
      {
        deadLetter: (message) => this.deadLetters.put(message),
        expired: () => {},
        due: () => {},
      },
    )
  }

  get counts(): EntityCounts {
    const { active, scheduled, deferred } = this.main.counts
    const deadLetter = this.deadLetters.counts.active + this.deadLetters.counts.deferred
    return { active, deadLetter, scheduled, deferred }
  }

  /**
   * Takes messages from a sender, all or none, and returns their sequence numbers. Duplicates are dropped silently,
   * as Azure does; their number is 0.
   */
  submit(messages: IncomingMessage[], now: number): number[] {
    for (const message of messages) this.#checkSession(message)
    return messages.map((message) => this.#submitOne(message, now))
  }

  /** Takes a message that another entity forwards. */
  takeForwarded(message: IncomingMessage, origin: Origin, now: number): void {
    if (!this.#intake.admit(message.messageId, now)) return
    this.enqueue(message, origin, now)
  }

  /** Withdraws scheduled messages. Throws when one is not scheduled any more. */
  cancelScheduled(sequenceNumbers: number[], now: number): void {
    this.main.cancelScheduled(sequenceNumbers, now)
  }

  /** Enqueues a message, or forwards it when the entity forwards. */
  enqueue(message: IncomingMessage, origin: Origin, now: number): number {
    const stored = this.#store(message, origin, now)
    const { forwardTo } = this.declaration
    if (forwardTo === undefined) {
      if (this.declaration.requiresSession && message.sessionId === undefined) {
        const description = "Session enabled entity doesn't allow a message whose session identifier is null."
        this.#deadLetter(stored, { reason: "Session id is null.", description }, now)
      } else this.main.put(stored)
    } else if (origin.hops >= MAX_HOPS) {
      const description = `The message was forwarded more than ${MAX_HOPS} times.`
      this.#deadLetter(stored, { reason: "MaxTransferHopCountExceeded", description }, now)
    } else {
      const enqueuedSequenceNumber = origin.enqueuedSequenceNumber || stored.sequenceNumber
      const next = { ...origin, enqueuedSequenceNumber, hops: origin.hops + 1 }
      this.#forward(forwardTo, message, next, now)
    }
    return stored.sequenceNumber
  }

  /** Dead-letters a message that never entered the queue, for example because a filter failed on it. */
  reject(message: IncomingMessage, origin: Origin, now: number, cause: DeadLetterCause): void {
    this.#deadLetter(this.#store(message, origin, now), cause, now)
  }

  /** Ends what is over at `now`. */
  expire(now: number): void {
    this.main.expire(now)
    this.deadLetters.expire(now)
  }

  /** The facts that rebuild this entity. */
  *snapshot(now: number): Generator<JournalRecord> {
    const entity = this.main.settings.name
    yield* this.#intake.snapshot(now)
    for (const queue of [this.main, this.deadLetters]) {
      for (const item of queue.contents()) {
        if (item instanceof SessionLane) {
          const { sessionId, state, updatedAt } = item
          yield { kind: "session", entity, sessionId, state, updatedAt }
        } else yield { kind: "put", entity: queue.settings.name, message: item }
      }
    }
  }

  /** Applies a fact of the journal. */
  replay(record: JournalRecord): void {
    const queue = record.entity === this.deadLetters.settings.name ? this.deadLetters : this.main
    this.#intake.replay(record)
    switch (record.kind) {
      case "put":
        queue.restore(record.message)
        break
      case "change":
        queue.restoreChange(record.sequenceNumber, record.state, record.deliveryCount)
        break
      case "remove":
        queue.restoreRemoval(record.sequenceNumber)
        break
      case "session":
        queue.restoreSession(record.sessionId, record.state, record.updatedAt)
        break
      default:
        break
    }
  }

  #checkSession(message: IncomingMessage): void {
    if (!this.declaration.requiresSession || message.sessionId !== undefined) return
    throw notAllowed(
      "The SessionId was not set on a message, and it cannot be sent to the entity. Entities that have session " +
        "support enabled can only receive messages that have the SessionId set to a valid value.",
    )
  }

  #submitOne(message: IncomingMessage, now: number): number {
    if (!this.#intake.admit(message.messageId, now)) return 0
    if ((message.scheduledAt ?? 0) <= now) return this.enqueue(message, direct, now)
    const stored: StoredMessage = { ...this.#store(message, direct, now), state: "scheduled" }
    this.main.put(stored)
    return stored.sequenceNumber
  }

  #store(message: IncomingMessage, origin: Origin, now: number): StoredMessage {
    const ttl = Math.min(message.ttl ?? Number.POSITIVE_INFINITY, this.declaration.defaultTtl)
    const stored: StoredMessage = {
      ...message,
      sequenceNumber: this.#intake.takeSequenceNumber(),
      enqueuedSequenceNumber: origin.enqueuedSequenceNumber,
      enqueuedAt: now,
      expiresAt: now + ttl,
      state: "active",
      deliveryCount: 0,
      hops: origin.hops,
    }
    if (origin.deadLetterSource !== undefined) stored.deadLetterSource = origin.deadLetterSource
    return stored
  }

  #expired(message: StoredMessage, now: number): void {
    if (!this.declaration.deadLetterOnExpiration) return
    const description = "The message expired and was dead lettered."
    this.#deadLetter(message, { reason: "TTLExpiredException", description }, now)
  }

  #deadLetter(message: StoredMessage, { reason, description }: DeadLetterCause, now: number): void {
    const content = editProperties(message.content, {
      ...(reason === undefined ? {} : { DeadLetterReason: reason }),
      ...(description === undefined ? {} : { DeadLetterErrorDescription: description }),
    })
    const dead: StoredMessage = {
      ...message,
      content,
      state: "active",
      expiresAt: Number.POSITIVE_INFINITY,
    }
    const target = this.declaration.forwardDeadLetteredTo
    if (target !== undefined && dead.hops < MAX_HOPS) {
      const enqueuedSequenceNumber = dead.enqueuedSequenceNumber || dead.sequenceNumber
      const origin = { enqueuedSequenceNumber, hops: dead.hops + 1, deadLetterSource: this.declaration.name }
      this.#forward(target, dead, origin, now)
    } else this.deadLetters.put(dead)
  }
}

/** The name by which the broker and the journal know an entity: Azure's entity names are case-insensitive. */
export const key = (name: string): string => name.toLowerCase()

/** The name of an entity's dead-letter queue. */
export const deadLetterKey = (name: string): string => `${key(name)}/$deadletterqueue`
