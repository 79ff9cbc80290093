import type { DeadLetterPorts } from "../messaging/dead-letters.ts"
import { remember } from "../remember.ts"
import type { BaseStore, Store } from "../store/store.ts"
import { gauge } from "../telemetry/metrics.ts"
import type { DependencyState } from "./health.ts"

/** Two instruments that are read at once ask once. */
const RECENT_MS = 2_000
/** Dead-letter queues are looked into over a connection of their own. */
const DEAD_LETTERS_MS = 60_000

const shared = <T>(read: () => Promise<T>, forMs: number): (() => Promise<T>) => {
  const recent = remember(read, { forMs, max: 1 })
  return () => recent.get("")
}

/**
 * The gauges of what an app has waiting: read from its store when a reader of metrics collects, never on the way of a
 * request, and not at all while no SDK runs. Each instance of the app shows the same, since they share the store.
 * @param look asks every dependency how it is
 */
export function registerGauges(
  parts: { readonly store?: Store | BaseStore; readonly ports: unknown; readonly hasOutbox: boolean },
  look: () => Promise<Readonly<Record<string, DependencyState>>>,
): void {
  const { store, hasOutbox } = parts
  gauge("eshop.dependency.up", async () =>
    Object.entries(await look()).map(([dependency, { state }]) => ({
      value: state === "up" ? 1 : 0,
      attributes: { "eshop.dependency": dependency },
    })),
  )
  if (store)
    gauge("eshop.messages.parked", async () =>
      Object.entries(await store.parked.countByReason()).map(([reason, value]) => ({
        value,
        attributes: { "eshop.reason": reason },
      })),
    )
  if (store && hasOutbox) {
    const backlog = shared(() => (store as Store).outbox.backlog(), RECENT_MS)
    gauge("eshop.outbox.pending", async () => [{ value: (await backlog()).pending }])
    gauge("eshop.outbox.oldest", async () => [{ value: (await backlog()).oldestSeconds }])
  }
  const { deadLetters } = parts.ports as Partial<DeadLetterPorts>
  if (!deadLetters) return
  const counts = shared(() => deadLetters.queue.counts(), DEAD_LETTERS_MS)
  gauge("eshop.messages.dead_lettered", async () =>
    Object.entries(await counts()).map(([topic, value]) => ({
      value,
      attributes: { "messaging.destination.name": topic },
    })),
  )
}
