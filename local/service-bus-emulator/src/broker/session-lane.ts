import { MinHeap } from "./heap.ts"
import type { StoredMessage } from "./message.ts"

/** Who holds a session: the receiver link, named as management requests name it. */
export interface SessionHolder {
  readonly linkName: string
  /** Called when the lock expired, so that the link can be detached. */
  sessionLost(sessionId: string): void
}

/** A peek lock on one message. */
export interface MessageLock {
  token: string
  message: StoredMessage
  /** End in milliseconds since the epoch. In a session the session's lock rules instead. */
  until: number
  lane: SessionLane
}

/** The messages of one session that can be delivered, in order. An entity without sessions has a single lane. */
export class SessionLane {
  readonly sessionId: string
  /** Available messages by sequence number; those that are gone or locked are skipped when popped. */
  readonly available = new MinHeap<StoredMessage>((message) => message.sequenceNumber)
  readonly locks = new Map<string, MessageLock>()
  holder: SessionHolder | undefined
  lockedUntil = 0
  state: Buffer | undefined
  updatedAt = 0
  /** Messages of the session in any state. */
  count = 0

  constructor(sessionId: string) {
    this.sessionId = sessionId
  }

  /** Nothing is left that a later receiver of the session could see. */
  get isEmpty(): boolean {
    return this.count === 0 && this.state === undefined && this.holder === undefined
  }
}
