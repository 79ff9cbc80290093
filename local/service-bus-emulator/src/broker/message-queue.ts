import { randomUUID } from "node:crypto"
import { editProperties } from "../message/edit.ts"
import type { Journal } from "../storage/record.ts"
import {
  argumentError,
  messageLockLost,
  messageNotFound,
  sessionCannotBeLocked,
  sessionLockLost,
} from "./errors.ts"
import type { MessageState, PropertyChanges, StoredMessage } from "./message.ts"
import { MessageStore } from "./message-store.ts"
import type { QueueOwner, QueueSettings, Settlement } from "./queue-contract.ts"
import type { MessageLock, SessionHolder, SessionLane } from "./session-lane.ts"

/**
 * The state machine of one queue, subscription or dead-letter queue: messages, peek locks and sessions. It reads no
 * clock (every call takes `now`, milliseconds since the epoch) and does no I/O; what must survive goes to the journal.
 * Locks are not journaled: after a restart every lock is lost, as after an expiry, without counting a delivery.
 */
export class MessageQueue {
  readonly settings: QueueSettings
  /** Called when messages may have become available. */
  onAvailable: () => void = () => {}
  readonly #store: MessageStore
  /** By token. Without sessions also in order of expiry, because every lock lasts equally long. */
  readonly #locks = new Map<string, MessageLock>()
  readonly #locked = new Map<number, MessageLock>()
  /** Sessions that are locked. */
  readonly #held = new Set<SessionLane>()
  readonly #journal: Journal
  readonly #owner: QueueOwner

  constructor(settings: QueueSettings, journal: Journal, owner: QueueOwner) {
    this.settings = settings
    this.#store = new MessageStore(settings.requiresSession)
    this.#journal = journal
    this.#owner = owner
  }

  /** The number of messages per state. Locked messages count in the state they return to. */
  get counts(): Readonly<Record<MessageState, number>> {
    return this.#store.counts
  }

  /** Every message and session state, for a snapshot. */
  *contents(): Generator<StoredMessage | SessionLane> {
    yield* this.#store.all()
    for (const lane of this.#store.lanes()) if (lane.state !== undefined) yield lane
  }

  /** Stores a message. An active one is offered to receivers only once it is durable. */
  put(message: StoredMessage): void {
    this.#journal.append({ kind: "put", entity: this.settings.name, message })
    this.#store.insert(message)
    if (message.state === "active") this.#journal.afterCommit(() => this.#offer(message))
  }

  /** Restores a message from the journal; a later record of the same message replaces it. */
  restore(message: StoredMessage): void {
    this.#store.insert(message)
    if (message.state === "active") this.#store.laneOf(message).available.push(message)
  }

  /** Restores a change of state or delivery count from the journal. */
  restoreChange(sequenceNumber: number, state: MessageState, deliveryCount: number): void {
    const message = this.#store.get(sequenceNumber)
    if (message) this.restore({ ...message, state, deliveryCount })
  }

  /** Restores a removal from the journal. */
  restoreRemoval(sequenceNumber: number): void {
    this.#store.remove(sequenceNumber)
  }

  /** Restores a session's state from the journal. */
  restoreSession(sessionId: string, state: Buffer | undefined, updatedAt: number): void {
    const lane = this.#store.lane(sessionId)
    lane.state = state
    lane.updatedAt = updatedAt
    this.#store.prune(lane)
  }

  /** The next available message, or undefined. It stays available until it is locked or taken. */
  next(now: number, sessionId?: string): StoredMessage | undefined {
    const lane = this.#store.findLane(sessionId)
    return lane && this.#nextOf(lane, now)
  }

  /** Locks an available message for a receiver. The token is the delivery tag in hexadecimal. */
  lock(message: StoredMessage, now: number): MessageLock {
    const lane = this.#store.laneOf(message)
    const until = this.settings.requiresSession ? lane.lockedUntil : now + this.settings.lockDuration
    const lock = { token: randomUUID().replaceAll("-", ""), message, until, lane }
    this.#locks.set(lock.token, lock)
    this.#locked.set(message.sequenceNumber, lock)
    lane.locks.set(lock.token, lock)
    if (lane.available.peek() === message) lane.available.pop()
    return lock
  }

  /** Removes a message: receive and delete, batch delete, cancellation. */
  take(message: StoredMessage): void {
    this.#journal.append({
      kind: "remove",
      entity: this.settings.name,
      sequenceNumber: message.sequenceNumber,
    })
    this.#store.remove(message.sequenceNumber)
  }

  /** Settles a locked message. Throws when the lock is lost. */
  settle(token: string, settlement: Settlement, now: number): void {
    const lock = this.#validLock(token, now)
    const { message } = lock
    const properties = "properties" in settlement ? settlement.properties : undefined
    const changed = withProperties(message, properties)
    this.#dropLock(lock)
    switch (settlement.kind) {
      case "complete":
        this.take(message)
        break
      case "abandon":
        this.#failed(changed, message, now)
        break
      case "release":
        this.#offer(message)
        break
      case "defer":
        this.#change(changed, message, "deferred", message.deliveryCount)
        break
      case "deadLetter":
        this.take(message)
        this.#owner.deadLetter(changed, settlement, now)
    }
  }

  /** Extends a lock and returns its new end. Throws when the lock is lost. */
  renew(token: string, now: number): number {
    const lock = this.#validLock(token, now)
    lock.until = now + this.settings.lockDuration
    this.#locks.delete(token)
    this.#locks.set(token, lock)
    return lock.until
  }

  /** Whether the token is of this queue. */
  owns(token: string): boolean {
    return this.#locks.has(token)
  }

  /** The deferred messages with the given sequence numbers. Throws when one is not there or is locked. */
  deferred(sequenceNumbers: number[], sessionId: string | undefined, now: number): StoredMessage[] {
    this.expire(now)
    const messages = sequenceNumbers.map((number) => this.#store.get(number))
    const missing = sequenceNumbers.filter((number, index) => {
      const message = messages[index]
      if (message?.state !== "deferred" || this.#locked.has(number)) return true
      return this.settings.requiresSession && message.sessionId !== sessionId
    })
    if (missing.length > 0) throw messageNotFound(missing)
    return messages as StoredMessage[]
  }

  /** Withdraws scheduled messages. Throws, and withdraws none, when one is not scheduled any more. */
  cancelScheduled(sequenceNumbers: number[], now: number): void {
    this.expire(now)
    const messages = sequenceNumbers.map((number) => this.#store.get(number))
    const missing = sequenceNumbers.filter((_, index) => messages[index]?.state !== "scheduled")
    if (missing.length > 0) throw messageNotFound(missing)
    for (const message of messages) this.take(message as StoredMessage)
  }

  /** Messages in any state from a sequence number on, in order. */
  peek(from: number, count: number, sessionId: string | undefined, now: number): StoredMessage[] {
    this.expire(now)
    return [...this.#store.all()]
      .filter((message) => message.sequenceNumber >= from)
      .filter((message) => sessionId === undefined || message.sessionId === sessionId)
      .sort((a, b) => a.sequenceNumber - b.sequenceNumber)
      .slice(0, count)
  }

  /** Deletes up to `count` available messages enqueued before a time. Returns how many. */
  deleteBatch(count: number, before: number, now: number): number {
    this.expire(now)
    const doomed = [...this.#store.all()]
      .filter((message) => message.state === "active" && !this.#locked.has(message.sequenceNumber))
      .filter((message) => message.enqueuedAt <= before)
      .sort((a, b) => a.sequenceNumber - b.sequenceNumber)
      .slice(0, count)
    for (const message of doomed) this.take(message)
    return doomed.length
  }

  /**
   * Locks a session for a receiver: the named one, or the one with the oldest available message.
   * Returns undefined when no session has messages. Throws when the named one is locked.
   */
  acceptSession(sessionId: string | undefined, holder: SessionHolder, now: number): SessionLane | undefined {
    this.expire(now)
    const lane = sessionId === undefined ? this.#oldestUnlocked(now) : this.#store.lane(sessionId)
    if (!lane) return undefined
    if (lane.holder) throw sessionCannotBeLocked(lane.sessionId)
    lane.holder = holder
    this.#held.add(lane)
    lane.lockedUntil = now + this.settings.lockDuration
    return lane
  }

  /** Gives a session back when its receiver closes. Its unsettled messages return without counting a delivery. */
  releaseSession(lane: SessionLane, holder: SessionHolder): void {
    if (lane.holder === holder) this.#unlockSession(lane, (message) => this.#offer(message))
  }

  /** The session, when it is locked (by the given link, if one is named). Throws otherwise. */
  lockedSession(sessionId: string, linkName: string | undefined, now: number): SessionLane {
    this.expire(now)
    const lane = this.#store.findLane(sessionId)
    if (!lane?.holder) throw sessionLockLost(sessionId)
    if (linkName !== undefined && lane.holder.linkName !== linkName) throw sessionLockLost(sessionId)
    return lane
  }

  /** Extends the lock of a session and returns its new end. */
  renewSession(lane: SessionLane, now: number): number {
    lane.lockedUntil = now + this.settings.lockDuration
    return lane.lockedUntil
  }

  /** Sets or clears the state of a session. */
  setSessionState(lane: SessionLane, state: Buffer | undefined, now: number): void {
    lane.state = state
    lane.updatedAt = now
    const { sessionId } = lane
    this.#journal.append({ kind: "session", entity: this.settings.name, sessionId, state, updatedAt: now })
  }

  /** The ids of the sessions that hold messages, or, given a time, whose state changed after it. */
  sessionIds(updatedAfter: number | undefined): string[] {
    return [...this.#store.lanes()]
      .filter((lane) =>
        updatedAfter === undefined ? lane.count > 0 : lane.state && lane.updatedAt > updatedAfter,
      )
      .map((lane) => lane.sessionId)
      .sort()
  }

  /** Ends what is over at `now`: locks, sessions, times to live and waiting times of scheduled messages. */
  expire(now: number): void {
    if (this.settings.requiresSession) this.#expireSessions(now)
    else this.#expireLocks(now)
    for (let first = this.#store.scheduled.peek(); first; first = this.#store.scheduled.peek()) {
      const alive = this.#store.has(first)
      if (alive && (first.scheduledAt ?? 0) > now) break
      this.#store.scheduled.pop()
      if (!alive) continue
      this.take(first)
      this.#owner.due(first, now)
    }
    if (this.#store.soonestExpiry <= now) this.#expireMessages(now)
  }

  #expireLocks(now: number): void {
    for (const lock of this.#locks.values()) {
      if (lock.until > now) break
      this.#dropLock(lock)
      this.#failed(lock.message, lock.message, now)
    }
  }

  #expireSessions(now: number): void {
    for (const lane of this.#held) {
      const { holder } = lane
      if (!holder || lane.lockedUntil > now) continue
      this.#unlockSession(lane, (message) => this.#failed(message, message, now))
      holder.sessionLost(lane.sessionId)
    }
  }

  #unlockSession(lane: SessionLane, giveBack: (message: StoredMessage) => void): void {
    lane.holder = undefined
    this.#held.delete(lane)
    for (const lock of [...lane.locks.values()]) {
      this.#dropLock(lock)
      giveBack(lock.message)
    }
    this.#store.prune(lane)
    this.onAvailable()
  }

  #expireMessages(now: number): void {
    this.#store.soonestExpiry = Number.POSITIVE_INFINITY
    for (const message of this.#store.all()) {
      // A locked message is left to its receiver; a scheduled one lives from the time it becomes active.
      if (message.state === "scheduled" || this.#locked.has(message.sequenceNumber)) continue
      if (message.expiresAt > now) {
        this.#store.soonestExpiry = Math.min(this.#store.soonestExpiry, message.expiresAt)
        continue
      }
      this.take(message)
      this.#owner.expired(message, now)
    }
  }

  #oldestUnlocked(now: number): SessionLane | undefined {
    let oldest: { lane: SessionLane; sequenceNumber: number } | undefined
    for (const lane of this.#store.lanes()) {
      if (lane.holder) continue
      const first = this.#nextOf(lane, now)
      if (first && (!oldest || first.sequenceNumber < oldest.sequenceNumber)) {
        oldest = { lane, sequenceNumber: first.sequenceNumber }
      }
    }
    return oldest?.lane
  }

  #nextOf(lane: SessionLane, now: number): StoredMessage | undefined {
    for (let message = lane.available.peek(); message; message = lane.available.peek()) {
      const stale =
        !this.#store.has(message) || message.state !== "active" || this.#locked.has(message.sequenceNumber)
      if (!stale && message.expiresAt > now) return message
      lane.available.pop()
      if (stale) continue
      this.take(message)
      this.#owner.expired(message, now)
    }
    return undefined
  }

  #validLock(token: string, now: number): MessageLock {
    this.expire(now)
    const lock = this.#locks.get(token)
    if (!lock) throw messageLockLost()
    return lock
  }

  #dropLock(lock: MessageLock): void {
    this.#locks.delete(lock.token)
    this.#locked.delete(lock.message.sequenceNumber)
    lock.lane.locks.delete(lock.token)
    this.#store.soonestExpiry = Math.min(this.#store.soonestExpiry, lock.message.expiresAt)
  }

  /** A delivery failed: back to the queue, or to the dead-letter queue when it was the last attempt. */
  #failed(changed: StoredMessage, message: StoredMessage, now: number): void {
    const deliveryCount = message.deliveryCount + 1
    if (deliveryCount < this.settings.maxDeliveryCount) {
      this.#change(changed, message, message.state, deliveryCount)
    } else {
      this.take(message)
      const description = `Message could not be consumed after ${this.settings.maxDeliveryCount} delivery attempts.`
      const cause = { reason: "MaxDeliveryCountExceeded", description }
      this.#owner.deadLetter({ ...changed, deliveryCount }, cause, now)
    }
  }

  #change(changed: StoredMessage, message: StoredMessage, state: MessageState, deliveryCount: number): void {
    const { sequenceNumber } = message
    const entity = this.settings.name
    const next = { ...changed, state, deliveryCount }
    if (changed === message)
      this.#journal.append({ kind: "change", entity, sequenceNumber, state, deliveryCount })
    else this.#journal.append({ kind: "put", entity, message: next })
    this.#store.insert(next)
    if (state === "active") this.#offer(next)
  }

  #offer(message: StoredMessage): void {
    // Deferred messages come back only to who asks for them; one that has meanwhile left is not offered.
    if (message.state !== "active" || !this.#store.has(message)) return
    this.#store.laneOf(message).available.push(message)
    this.onAvailable()
  }
}

function withProperties(message: StoredMessage, properties: PropertyChanges | undefined): StoredMessage {
  if (!properties || Object.keys(properties).length === 0) return message
  try {
    return { ...message, content: editProperties(message.content, properties) }
  } catch (error) {
    throw argumentError((error as Error).message)
  }
}
