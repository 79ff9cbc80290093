import { MinHeap } from "./heap.ts"
import type { MessageState, StoredMessage } from "./message.ts"
import { SessionLane } from "./session-lane.ts"

const NO_SESSION = ""

/** The messages of one queue in memory, indexed by sequence number and by session, and counted by state. */
export class MessageStore {
  readonly counts: Record<MessageState, number> = { active: 0, deferred: 0, scheduled: 0 }
  /** Scheduled messages by time; those that are gone are skipped when popped. */
  readonly scheduled = new MinHeap<StoredMessage>((message) => message.scheduledAt ?? 0)
  /** No message expires before this time. */
  soonestExpiry = Number.POSITIVE_INFINITY
  readonly #messages = new Map<number, StoredMessage>()
  readonly #lanes = new Map<string, SessionLane>()
  readonly #sessions: boolean

  /** @param sessions whether messages are kept apart by session */
  constructor(sessions: boolean) {
    this.#sessions = sessions
  }

  /** Every message, in no particular order. */
  all(): IterableIterator<StoredMessage> {
    return this.#messages.values()
  }

  lanes(): IterableIterator<SessionLane> {
    return this.#lanes.values()
  }

  get(sequenceNumber: number): StoredMessage | undefined {
    return this.#messages.get(sequenceNumber)
  }

  /** Whether exactly this version of the message is in the store. */
  has(message: StoredMessage): boolean {
    return this.#messages.get(message.sequenceNumber) === message
  }

  /** Adds a message, or replaces the one with its sequence number. */
  insert(message: StoredMessage): void {
    const replaced = this.#messages.get(message.sequenceNumber)
    this.#messages.set(message.sequenceNumber, message)
    this.counts[message.state]++
    this.laneOf(message).count++
    if (replaced) this.#uncount(replaced)
    if (message.state === "scheduled") this.scheduled.push(message)
    else this.soonestExpiry = Math.min(this.soonestExpiry, message.expiresAt)
  }

  remove(sequenceNumber: number): void {
    const message = this.#messages.get(sequenceNumber)
    if (!message) return
    this.#messages.delete(sequenceNumber)
    this.#uncount(message)
  }

  /** The lane that a message is delivered on. */
  laneOf(message: StoredMessage): SessionLane {
    return this.lane(this.#sessions ? (message.sessionId ?? NO_SESSION) : NO_SESSION)
  }

  /** The lane of a session, created when missing; without sessions there is one, without a name. */
  lane(sessionId: string = NO_SESSION): SessionLane {
    let lane = this.#lanes.get(sessionId)
    if (!lane) {
      lane = new SessionLane(sessionId)
      this.#lanes.set(sessionId, lane)
    }
    return lane
  }

  /** The lane of a session, if it is known. */
  findLane(sessionId: string = NO_SESSION): SessionLane | undefined {
    return this.#lanes.get(sessionId)
  }

  /** Forgets a session of which nothing is left. */
  prune(lane: SessionLane): void {
    const known = this.#lanes.get(lane.sessionId) === lane
    if (this.#sessions && known && lane.isEmpty) this.#lanes.delete(lane.sessionId)
  }

  #uncount(message: StoredMessage): void {
    this.counts[message.state]--
    const lane = this.laneOf(message)
    lane.count--
    this.prune(lane)
  }
}
