import type { Broker, Source } from "../broker/broker.ts"
import { sessionLockLost } from "../broker/errors.ts"
import type { PropertyChanges, StoredMessage } from "../broker/message.ts"
import type { Settlement } from "../broker/queue-contract.ts"
import type { SessionHolder, SessionLane } from "../broker/session-lane.ts"
import { encodeForDelivery } from "../message/wire.ts"
import {
  accept,
  asBrokerError,
  type Delivery,
  reject,
  type SenderLink,
  type SessionInternals,
} from "./amqp.ts"
import type { Consumer, Dispatcher } from "./dispatcher.ts"

/** What a receiver decided on a delivery, as rhea decodes it. */
interface Outcome {
  error?: { info?: Record<string, unknown> }
  undeliverable_here?: boolean
  message_annotations?: PropertyChanges
}

/** A session locked for a link. */
export interface AcceptedSession {
  lane: SessionLane
  holder: SessionHolder
}

/** A receiver's link to a queue: sends messages as far as its credit goes and settles what it decides. */
export class ConsumerLink implements Consumer {
  readonly #broker: Broker
  readonly #source: Source
  readonly #sender: SenderLink
  readonly #dispatcher: Dispatcher
  readonly #session: AcceptedSession | undefined
  readonly #destructive: boolean
  /** Messages handed to rhea and credit given back by draining: together the delivery count once all is flushed. */
  #handedOver = 0
  /** Messages taken destructively whose removal is not durable yet. */
  #reserved = 0
  #drainRequested = false
  #sessionLost = false

  constructor(
    broker: Broker,
    source: Source,
    sender: SenderLink,
    dispatcher: Dispatcher,
    session?: AcceptedSession,
  ) {
    this.#broker = broker
    this.#source = source
    this.#sender = sender
    this.#dispatcher = dispatcher
    this.#session = session
    // AMQP 1.0 part 2, section 2.8.2: sender settle mode 1 is "settled", which Service Bus calls receive and delete.
    this.#destructive = sender.snd_settle_mode === 1
    this.#handedOver = sender.delivery_count
    sender._get_drain = () => this.#answerDrain()
    dispatcher.add(this)
  }

  get sessionId(): string | undefined {
    return this.#session?.lane.sessionId
  }

  /** rhea lowers the credit only when it flushes: what it still holds is subtracted. */
  get hasCapacity(): boolean {
    if (!this.#sender.is_open() || this.#sessionLost) return false
    const queued = this.#handedOver - this.#sender.delivery_count
    const { outgoing } = this.#sender.session as unknown as SessionInternals
    return this.#sender.credit - queued - this.#reserved > 0 && outgoing.available() > 0
  }

  /** The receiver granted credit, or asks to use or give back what it granted. */
  onFlow(drain: boolean): void {
    if (!drain) {
      this.#dispatcher.wake()
      return
    }
    this.#dispatcher.dispatch(Date.now())
    this.#drainRequested = true
    this.#requestFlow()
  }

  deliver(message: StoredMessage, now: number): void {
    const { queue } = this.#source
    if (!this.#destructive) {
      const lock = queue.lock(message, now)
      this.#handedOver++
      const encoded = encodeForDelivery(message, { lockedUntil: lock.until })
      this.#sender.send(encoded, Buffer.from(lock.token, "hex"), 0)
      return
    }
    queue.take(message)
    this.#reserved++
    // Sent only when the removal is durable: a message read destructively must not come twice.
    this.#broker.journal.afterCommit(() => {
      this.#reserved--
      this.#handedOver++
      this.#sender.send(encodeForDelivery(message), undefined, 0)
      if (this.#drainRequested) this.#requestFlow()
    })
  }

  /** Settles a delivery as the receiver decided, and confirms once that is durable. */
  settle(delivery: Delivery, kind: "accepted" | "rejected" | "released" | "modified"): void {
    if (this.#destructive) return
    try {
      if (this.#sessionLost) throw sessionLockLost(this.sessionId ?? "")
      const token = (delivery.tag as Buffer).toString("hex")
      this.#source.queue.settle(token, settlementOf(kind, delivery.remote_state as Outcome), Date.now())
      this.#broker.journal.afterCommit(() => accept(delivery))
    } catch (error) {
      const refusal = this.#sessionLost ? sessionLockLost(this.sessionId ?? "") : asBrokerError(error)
      reject(delivery, refusal)
    }
  }

  /** The session's lock expired: nothing more is delivered or settled on this link. */
  loseSession(sessionId: string): void {
    this.#sessionLost = true
    const { condition, message: description } = sessionLockLost(sessionId)
    this.#sender.close({ condition, description } as never)
  }

  /** The link is gone. Locks of messages stay until they expire, as in Azure; a session is given back at once. */
  closed(): void {
    this.#dispatcher.remove(this)
    if (this.#session) this.#source.queue.releaseSession(this.#session.lane, this.#session.holder)
  }

  #requestFlow(): void {
    this.#sender.issue_flow = true
    ;(this.#sender.connection as unknown as { _register(): void })._register()
  }

  /** Called by rhea when it writes a flow: whether it carries the drain flag, with the unused credit given back. */
  #answerDrain(): boolean {
    if (!this.#drainRequested || this.#reserved > 0) return false
    this.#drainRequested = false
    this.#handedOver += this.#sender.credit
    this.#sender.delivery_count += this.#sender.credit
    this.#sender.credit = 0
    return true
  }
}

/** Service Bus's reading of AMQP outcomes: https://learn.microsoft.com/azure/service-bus-messaging/service-bus-amqp-protocol-guide */
function settlementOf(kind: "accepted" | "rejected" | "released" | "modified", outcome: Outcome): Settlement {
  switch (kind) {
    case "accepted":
      return { kind: "complete" }
    case "released":
      return { kind: "release" }
    case "modified": {
      const properties = outcome.message_annotations ?? {}
      return { kind: outcome.undeliverable_here ? "defer" : "abandon", properties }
    }
    case "rejected": {
      const {
        DeadLetterReason: reason,
        DeadLetterErrorDescription: description,
        ...properties
      } = outcome.error?.info ?? {}
      const settlement: Settlement = { kind: "deadLetter", properties }
      if (typeof reason === "string") settlement.reason = reason
      if (typeof description === "string") settlement.description = description
      return settlement
    }
  }
}
