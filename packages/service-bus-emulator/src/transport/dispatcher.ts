import type { MessageQueue } from "../broker/message-queue.ts"
import type { ConsumerLink } from "./consumer-link.ts"

/** A receiver that waits for any session to become available. */
export interface SessionWaiter {
  /** Tries to accept a session. Returns true when it did and the wait is over. */
  tryAccept(now: number): boolean
}

/** Hands the available messages of one queue to its receivers in turn, as far as their credit goes. */
export class Dispatcher {
  readonly #queue: MessageQueue
  readonly #consumers: ConsumerLink[] = []
  readonly #waiters = new Set<SessionWaiter>()
  #turn = 0
  #scheduled = false

  constructor(queue: MessageQueue) {
    this.#queue = queue
    queue.onAvailable = () => this.wake()
  }

  add(consumer: ConsumerLink): void {
    this.#consumers.push(consumer)
  }

  remove(consumer: ConsumerLink): void {
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
      const consumer = this.#consumers[this.#turn] as ConsumerLink
      const message = consumer.hasCapacity ? this.#queue.next(now, consumer.sessionId) : undefined
      if (message) {
        consumer.deliver(message, now)
        idle = 0
      } else idle++
    }
  }
}
