import { coalesced } from "../coalesced.ts"
import type { Outbox, OutboxMessage } from "./outbox.ts"

/** Where events go. Resolves once the broker has accepted them all. */
export type EventPublisher = { publish(topic: string, messages: readonly OutboxMessage[]): Promise<void> }

const BATCH = 100
const LEASE_SECONDS = 30

export type Relay = {
  /** Sends what waits, soon and without making the caller wait; calls during a run lead to one further run. */
  wake(): void
  /** Sends all that waits. @returns how many messages were sent @throws when the broker refuses */
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
  async function sendBatch(): Promise<number> {
    const claimed = await outbox.claim(BATCH, LEASE_SECONDS)
    const byTopic = Map.groupBy(claimed, ({ topic }) => topic)
    await Promise.all(
      [...byTopic].map(async ([topic, messages]) => {
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
    return claimed.length
  }

  async function drain(): Promise<number> {
    let sent = 0
    for (;;) {
      const count = await sendBatch()
      sent += count
      if (count < BATCH) return sent
    }
  }

  return { drain, wake: coalesced(drain, onError) }
}
