import { setTimeout as sleep } from "node:timers/promises"
import { debounce } from "../debounce.ts"
import { log } from "../telemetry/log.ts"
import { idsOf } from "../telemetry/observe.ts"
import type { Outbox, OutboxMessage } from "./outbox.ts"

/** Where events go. */
export type Broker = {
  /** Resolves once the broker has accepted them all. */
  publish(topic: string, messages: readonly OutboxMessage[]): Promise<void>
  close(): Promise<void>
}

const BATCH = 100

/** For so long nobody else sends a message that somebody is sending. */
export const LEASE_SECONDS = 10

/** What was sent is forgotten in steps of this length, many messages in one statement; far below the lease. */
const FORGET_PAUSE_MS = 50

/** How long a stop waits for what is being sent. */
const STOP_MS = 5_000

/** While something is left over it is tried again, after this pause at first, */
const FIRST_PAUSE_MS = 1_000
/** and at the latest after this one. */
const LONGEST_PAUSE_MS = 10_000

export type Relay = {
  /** Sends messages that a commit has just left and whose lease the caller holds; nobody waits for it. */
  send(messages: readonly OutboxMessage[]): void
  /** Sends what processes before this one left over, as soon as nobody holds its lease. */
  start(): void
  /** Sends all that waits unleased. @returns how many messages were sent @throws when the broker refuses */
  drain(): Promise<number>
  /** Rejects while the broker does not take what is sent. */
  probe(): Promise<void>
  /** Waits for what is being sent, and gives back the lease of what was not, so that another process sends it now. */
  stop(): Promise<void>
}

/**
 * Moves messages from the outbox to the broker: at least once, since the process may die between the broker's
 * acceptance and the removal. Consumers deduplicate by message id. What the broker does not take is tried again, with growing
 * pauses, until nothing is left over or the process stops.
 */
export function outboxRelay(outbox: Outbox, broker: Broker, onError: (error: unknown) => void): Relay {
  let fresh: OutboxMessage[] = []
  let refused: unknown
  let sent: string[] = []
  const unsent = new Map<string, OutboxMessage>()
  let pauseMs = FIRST_PAUSE_MS
  let next: NodeJS.Timeout | undefined
  /** Until then a lease may run of which nothing is known any more: its holder died, or could not give it back. */
  let leasedUntil = 0
  let isStopped = false

  const forgetSoon = debounce(
    async () => {
      const ids = sent
      sent = []
      try {
        await outbox.remove(ids)
      } catch (error) {
        sent.push(...ids)
        leftOver()
        throw error
      }
    },
    onError,
    FORGET_PAUSE_MS,
  )

  function tryAgainIn(ms: number): void {
    if (!isStopped) next ??= setTimeout(tryAgain, ms).unref()
  }

  /** Something is not sent, or not known to be. */
  function leftOver(): void {
    leasedUntil = performance.now() + LEASE_SECONDS * 1_000 + FIRST_PAUSE_MS
    if (next) return
    tryAgainIn(pauseMs)
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)
  }

  /** Each topic for itself: one that fails does not hold another back. */
  async function deliver(leased: readonly OutboxMessage[]): Promise<void> {
    const outcomes = await Promise.allSettled(
      [...Map.groupBy(leased, ({ topic }) => topic)].map(async ([topic, messages]) => {
        const ids = messages.map(({ id }) => id)
        for (const message of messages) unsent.set(message.id, message)
        try {
          await broker.publish(topic, messages)
          refused = undefined
        } catch (error) {
          refused = error
          leftOver()
          await outbox.release(ids)
          throw error
        } finally {
          for (const id of ids) unsent.delete(id)
        }
        for (const { event } of messages)
          log.debug("an event was sent", { topic, type: event.type, eventId: event.id, ...idsOf(event.data) })
        sent.push(...ids)
        forgetSoon()
      }),
    )
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason
  }

  const sendFresh = debounce(async () => {
    const messages = fresh
    fresh = []
    await deliver(messages)
  }, onError)

  async function drain(): Promise<number> {
    try {
      for (let drained = 0; ; ) {
        const claimed = await outbox.claim(BATCH, LEASE_SECONDS)
        await deliver(claimed)
        drained += claimed.length
        if (claimed.length < BATCH) return drained
      }
    } finally {
      await forgetSoon.idle()
    }
  }

  const tryAgain = debounce(async () => {
    next = undefined
    if (sent.length > 0) {
      forgetSoon()
      await forgetSoon.idle()
    }
    try {
      await drain()
    } catch (error) {
      leftOver()
      throw error
    }
    pauseMs = FIRST_PAUSE_MS
    const leaseMs = leasedUntil - performance.now()
    if (leaseMs > 0) tryAgainIn(leaseMs)
  }, onError)

  return {
    send(messages) {
      fresh.push(...messages)
      sendFresh()
    },

    start: leftOver,
    drain,

    async probe() {
      if (refused) throw refused
    },

    async stop() {
      isStopped = true
      clearTimeout(next)
      const done = Promise.all([sendFresh.idle(), tryAgain.idle()]).then(() => forgetSoon.idle())
      await Promise.race([done, sleep(STOP_MS, undefined, { ref: false })])
      const left = [...unsent.keys(), ...fresh.map(({ id }) => id)]
      if (left.length > 0) await outbox.release(left)
    },
  }
}
