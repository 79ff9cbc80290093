/** How an engine comes to its stop: first nothing begins any more, then nothing is committed any more. */

import { setTimeout as delay } from "node:timers/promises"
import type { Logger } from "../../contract.ts"

export type Lifecycle = {
  /** No step begins any more; what runs may still commit. */
  draining(): boolean
  /** Nothing is committed any more. */
  stopped(): boolean
  /** Takes note of work that runs on its own; logs it when it fails. */
  track(work: Promise<void>): void
  /** Begins nothing new and waits at most `grace` milliseconds for what runs. */
  stop(grace: number): Promise<void>
}

/** The lifecycle of an engine that runs. */
export function createLifecycle(log: Logger): Lifecycle {
  const running = new Set<Promise<void>>()
  let draining = false
  let stopped = false
  return {
    draining: () => draining,
    stopped: () => stopped,
    track(work) {
      const done = work
        .catch((error: unknown) => {
          if (!stopped) log.log("error", `Durable Functions: ${(error as Error).stack}`)
        })
        .finally(() => running.delete(done))
      running.add(done)
    },
    async stop(grace) {
      draining = true
      await Promise.race([Promise.allSettled([...running]), delay(grace, undefined, { ref: false })])
      stopped = true
    },
  }
}
