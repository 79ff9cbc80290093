import type { StoredMessage } from "../broker/message.ts"
import type { MessageQueue } from "../broker/message-queue.ts"

/** A receiver that takes messages as they become available. */
export interface Consumer {
  /** The session it has locked, if any. */
  readonly sessionId: string | undefined
  /** Whether it can take a message now. */
  readonly hasCapacity: boolean
  /** Sends an available message. */
  deliver(message: StoredMessage, now: number): void
}

/** A receiver that waits for any session to become available. */
export interface SessionWaiter {
  /** Tries to accept a session. Returns true when it did and the wait is over. */
  tryAccept(now: number): boolean
}

/** Hands the available messages of one queue to its receivers in turn, as far as their credit goes. */
export class Dispatcher {
  readonly #queue: MessageQueue
  readonly #consumers: Consumer[] = []
  readonly #waiters = new Set<SessionWaiter>()
  #turn = 0
  #scheduled = false

  constructor(queue: MessageQueue) {
    this.#queue = queue
    queue.onAvailable = () => this.wake()
  }

  add(consumer: Consumer): void {
    this.#consumers.push(consumer)
  }

  remove(consumer: Consumer): void {
    const index = this.#consumers.indexOf(consumer)
    if (index >= 0) this.#consumers.splice(index, 1)
  }

  wait(waiter: SessionWaiter): void {
    this.#waiters.add(waiter)
  }

  stopWaiting(waiter: SessionWaiter): void {
    this.#waiters.delete(waiter)
  }

  /** Dispatches after the current operation. */
  wake(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      this.dispatch(Date.now())
    })
  }

  /** Dispatches now: what is available goes out before a drain is answered. */
  dispatch(now: number): void {
    for (const waiter of this.#waiters) if (waiter.tryAccept(now)) this.#waiters.delete(waiter)
    let idle = 0
    while (idle < this.#consumers.length) {
      this.#turn = (this.#turn + 1) % this.#consumers.length
      const consumer = this.#consumers[this.#turn] as Consumer
      const message = consumer.hasCapacity ? this.#queue.next(now, consumer.sessionId) : undefined
      if (message) {
        consumer.deliver(message, now)
        idle = 0
      } else idle++
    }
  }
}
