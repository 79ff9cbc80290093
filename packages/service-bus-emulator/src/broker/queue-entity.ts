import { editProperties } from "../message/edit.ts"
import type { Journal, JournalRecord } from "../storage/record.ts"
import { DuplicateHistory } from "./duplicate-history.ts"
import { messageNotFound, notAllowed } from "./errors.ts"
import type { IncomingMessage, StoredMessage } from "./message.ts"
import { MessageQueue } from "./message-queue.ts"
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

/** Hands a message to another entity (auto-forwarding). Returns false when that entity cannot take it. */
export type Forward = (target: string, message: IncomingMessage, origin: Origin, now: number) => boolean

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
  readonly #journal: Journal
  readonly #forward: Forward
  readonly #history: DuplicateHistory | undefined
  #nextSequence = 1

  constructor(declaration: QueueDeclaration, journal: Journal, forward: Forward) {
    const { name, lockDuration, maxDeliveryCount, requiresSession } = declaration
    this.declaration = declaration
    this.#journal = journal
    this.#forward = forward
    if (declaration.duplicateWindow !== undefined)
      this.#history = new DuplicateHistory(declaration.duplicateWindow)
    this.main = new MessageQueue(
      { name: key(name), lockDuration, maxDeliveryCount, requiresSession },
      journal,
      {
        deadLetter: (message, reason, description) => this.#deadLetter(message, reason, description),
        expired: (message) => this.#expired(message),
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

  /** Takes messages from a sender, all or none. Duplicates are dropped silently, as Azure does. */
  submit(messages: IncomingMessage[], now: number): void {
    for (const message of messages) this.#checkSession(message)
    for (const message of messages) this.#submitOne(message, now)
  }

  /** Takes messages to be enqueued at their scheduled time. Returns their sequence numbers. */
  schedule(messages: IncomingMessage[], now: number): number[] {
    for (const message of messages) this.#checkSession(message)
    return messages.map((message) => this.#submitOne(message, now))
  }

  /** Withdraws scheduled messages. Throws when one is not scheduled any more. */
  cancelScheduled(sequenceNumbers: number[], now: number): void {
    this.main.expire(now)
    const missing = sequenceNumbers.filter((number) => !this.main.scheduled(number))
    if (missing.length > 0) throw messageNotFound(missing)
    for (const number of sequenceNumbers) this.main.take(this.main.scheduled(number) as StoredMessage)
  }

  /** Enqueues a message, or forwards it when the entity forwards. */
  enqueue(message: IncomingMessage, origin: Origin, now: number): number {
    const stored = this.#store(message, origin, now)
    const { forwardTo } = this.declaration
    if (forwardTo === undefined) {
      if (this.declaration.requiresSession && message.sessionId === undefined) {
        const description = "Session enabled entity doesn't allow a message whose session identifier is null."
        this.#deadLetter(stored, "Session id is null.", description)
      } else this.main.put(stored)
    } else if (origin.hops >= MAX_HOPS) {
      const description = `The message was forwarded more than ${MAX_HOPS} times.`
      this.#deadLetter(stored, "MaxTransferHopCountExceeded", description)
    } else {
      const enqueuedSequenceNumber = origin.enqueuedSequenceNumber || stored.sequenceNumber
      const next = { ...origin, enqueuedSequenceNumber, hops: origin.hops + 1 }
      if (!this.#forward(forwardTo, message, next, now)) {
        this.#deadLetter(stored, "TransferFailed", `The message could not be forwarded to '${forwardTo}'.`)
      }
    }
    return stored.sequenceNumber
  }

  /** Dead-letters a message that never entered the queue, for example because a filter failed on it. */
  reject(message: IncomingMessage, origin: Origin, now: number, reason: string, description: string): void {
    this.#deadLetter(this.#store(message, origin, now), reason, description)
  }

  /** Ends what is over at `now`. */
  expire(now: number): void {
    this.main.expire(now)
    this.deadLetters.expire(now)
  }

  /** The facts that rebuild this entity. */
  *snapshot(now: number): Generator<JournalRecord> {
    const entity = this.main.settings.name
    yield { kind: "sequence", entity, next: this.#nextSequence }
    for (const [messageId, at] of this.#history?.entries(now) ?? [])
      yield { kind: "seen", entity, messageId, at }
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
    switch (record.kind) {
      case "put":
        this.#nextSequence = Math.max(this.#nextSequence, record.message.sequenceNumber + 1)
        queue.restore(record.message)
        break
      case "change":
        queue.restoreChange(record.sequenceNumber, record.state, record.deliveryCount)
        break
      case "remove":
        queue.restoreRemoval(record.sequenceNumber)
        break
      case "sequence":
        this.#nextSequence = Math.max(this.#nextSequence, record.next)
        break
      case "seen":
        this.#history?.add(record.messageId, record.at)
        break
      case "session":
        queue.restoreSession(record.sessionId, record.state, record.updatedAt)
        break
      case "rules":
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
    if (this.#history) {
      if (this.#history.has(message.messageId, now)) return 0
      this.#history.add(message.messageId, now)
      const entity = this.main.settings.name
      this.#journal.append({ kind: "seen", entity, messageId: message.messageId, at: now })
    }
    if ((message.scheduledAt ?? 0) <= now) return this.enqueue(message, direct, now)
    const stored: StoredMessage = { ...this.#store(message, direct, now), state: "scheduled" }
    this.main.put(stored)
    return stored.sequenceNumber
  }

  #store(message: IncomingMessage, origin: Origin, now: number): StoredMessage {
    const ttl = Math.min(message.ttl ?? Number.POSITIVE_INFINITY, this.declaration.defaultTtl)
    const stored: StoredMessage = {
      ...message,
      sequenceNumber: this.#nextSequence++,
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

  #expired(message: StoredMessage): void {
    if (!this.declaration.deadLetterOnExpiration) return
    this.#deadLetter(message, "TTLExpiredException", "The message expired and was dead lettered.")
  }

  #deadLetter(message: StoredMessage, reason: string | undefined, description: string | undefined): void {
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
      if (this.#forward(target, dead, origin, Date.now())) return
    }
    this.deadLetters.put(dead)
  }
}

/** The name by which the broker and the journal know an entity: Azure's entity names are case-insensitive. */
export const key = (name: string): string => name.toLowerCase()

/** The name of an entity's dead-letter queue. */
export const deadLetterKey = (name: string): string => `${key(name)}/$deadletterqueue`
