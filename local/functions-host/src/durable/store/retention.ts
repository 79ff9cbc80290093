/** Purges instances that ended long ago, so that the task hub does not grow without a bound. */

import { setTimeout as delay } from "node:timers/promises"
import type { Logger } from "../../contract.ts"
import type { Store } from "./store.ts"

const day = 24 * 60 * 60 * 1000
/** As long as the Durable Task Scheduler (Consumption) keeps them; the extension has no setting for it. */
const retention = 30 * day
/** Time between two looks, in milliseconds. */
const interval = 60 * 60 * 1000
/** Instances purged in one transaction, and the pause after it: work goes first. */
const batchSize = 20
const pause = 50

/** Purges now and every hour, until it is stopped. */
export function keepForRetention(store: Store, log: Logger): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const { signal } = stopping
  const done = (async () => {
    for (;;) {
      await purgeExpired(store, Date.now(), signal).catch((error: unknown) => {
        log.log("error", `Durable Functions: old instances could not be purged: ${(error as Error).stack}`)
      })
      await delay(interval, undefined, { signal, ref: false })
    }
  })().catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
  return {
    async stop() {
      stopping.abort()
      await done
    },
  }
}

/** Purges, in small batches, what ended longer than the retention before `now` (milliseconds since 1970). */
export async function purgeExpired(store: Store, now: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const ids = store.endedBefore(now - retention, batchSize)
    if (ids.length === 0) return
    await store.commit((writer) => {
      for (const id of ids) writer.purgeEnded(id)
    })
    await delay(pause, undefined, { ref: false })
  }
}
