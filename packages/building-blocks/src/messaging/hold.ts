import { setTimeout as sleep } from "node:timers/promises"
import { isUnavailable } from "../failure.ts"

/**
 * How long a delivery is held at the most. Below the host's lock renewal and function timeout, and with a delivery
 * limit of 60 enough to survive an outage of an hour.
 */
const LONGEST_HOLD_MS = 60_000
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000

export type Hold = {
  /** @returns what the work returned @throws what it threw, once a dependency was out for too long */
  run<T>(work: () => Promise<T>): Promise<T>
  /** The host drains: nothing is held any longer. */
  end(): void
}

/**
 * Holds a message while a dependency is out: its handler is tried again with growing pauses. A handler that throws
 * gives the message back, the broker delivers it again at once, and its deliveries are used up within moments.
 */
export function messageHold(longestMs = LONGEST_HOLD_MS): Hold {
  const draining = new AbortController()
  return {
    async run(work) {
      const until = performance.now() + longestMs
      for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
        try {
          return await work()
        } catch (error) {
          const left = until - performance.now()
          if (!isUnavailable(error) || left <= 0 || draining.signal.aborted) throw error
          const jittered = pause * (0.5 + Math.random() / 2)
          await sleep(Math.min(jittered, left), undefined, { signal: draining.signal }).catch(() => {
            throw error
          })
        }
      }
    },
    end: () => draining.abort(),
  }
}
