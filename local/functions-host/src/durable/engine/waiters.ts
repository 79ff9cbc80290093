/** Callers that wait for the end of an instance. */

import type { Instance } from "../store/store.ts"

export type Waiters = {
  /** Resolves with the ended instance, or with undefined after the time (milliseconds), when aborted, or at a stop. */
  wait(id: string, timeout: number, signal?: AbortSignal): Promise<Instance | undefined>
  wake(instance: Instance): void
  /** Sends everybody away. */
  clear(): void
}

/** Nobody waits. */
export function createWaiters(): Waiters {
  const waiting = new Map<string, Set<(instance: Instance | undefined) => void>>()
  return {
    async wait(id, timeout, signal) {
      const { promise, resolve } = Promise.withResolvers<Instance | undefined>()
      const set = waiting.get(id) ?? new Set()
      waiting.set(id, set.add(resolve))
      const giveUp = (): void => resolve(undefined)
      const timer = setTimeout(giveUp, Math.min(timeout, 2 ** 31 - 1))
      signal?.addEventListener("abort", giveUp, { once: true })
      try {
        return await promise
      } finally {
        clearTimeout(timer)
        signal?.removeEventListener("abort", giveUp)
        set.delete(resolve)
        if (set.size === 0 && waiting.get(id) === set) waiting.delete(id)
      }
    },
    wake(instance) {
      for (const resolve of waiting.get(instance.id) ?? []) resolve(instance)
    },
    clear() {
      for (const set of waiting.values()) for (const resolve of set) resolve(undefined)
    },
  }
}
