import { coalesced } from "../coalesced.ts"
import type { Outbox, OutboxMessage } from "./outbox.ts"

/** Where events go. Resolves once the broker has accepted them all. */
export type EventPublisher = { publish(topic: string, messages: readonly OutboxMessage[]): Promise<void> }

const BATCH = 100

/** For so long nobody else sends a message that somebody is sending. */
export const LEASE_SECONDS = 10

export type Relay = {
  /** Sends messages that a commit has just left and whose lease the caller holds; nobody waits for it. */
  send(messages: readonly OutboxMessage[]): void
  /** Sends all that waits unleased. @returns how many messages were sent @throws when the broker refuses */
  drain(): Promise<number>
}

/**
 * Moves messages from the outbox to the broker: at least once, since the process may die between the broker's
 * acceptance and the removal. Consumers deduplicate by message id.
 */
export function outboxRelay(
  outbox: Outbox,
  publisher: EventPublisher,
  onError: (error: unknown) => void,
): Relay {
  let fresh: OutboxMessage[] = []

  /** Each topic for itself: one that fails does not hold another back. */
  async function deliver(leased: readonly OutboxMessage[]): Promise<void> {
    const outcomes = await Promise.allSettled(
      [...Map.groupBy(leased, ({ topic }) => topic)].map(async ([topic, messages]) => {
        const ids = messages.map(({ event }) => event.id)
        try {
          await publisher.publish(topic, messages)
        } catch (error) {
          await outbox.release(ids)
          throw error
        }
        await outbox.remove(ids)
      }),
    )
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason
  }

  const sendFresh = coalesced(async () => {
    const messages = fresh
    fresh = []
    await deliver(messages)
  }, onError)

  return {
    send(messages) {
      fresh.push(...messages)
      sendFresh()
    },

    async drain() {
      let sent = 0
      for (;;) {
        const claimed = await outbox.claim(BATCH, LEASE_SECONDS)
        await deliver(claimed)
        sent += claimed.length
        if (claimed.length < BATCH) return sent
      }
    },
  }
}
