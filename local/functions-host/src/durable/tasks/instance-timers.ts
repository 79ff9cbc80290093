/** The timers of orchestrations that wait for their time. */

import { createTimerQueue } from "./timer-queue.ts"

export type InstanceTimers = {
  /** Calls back at `fireAt` (milliseconds since 1970), once, however often the same timer is armed. */
  arm(instanceId: string, eventId: number, fireAt: number, callback: () => void): void
  /** Forgets the timers of an instance. */
  cancel(instanceId: string): void
  clear(): void
}

/** No timers. */
export function createInstanceTimers(): InstanceTimers {
  const queue = createTimerQueue()
  const armed = new Map<string, Map<number, () => void>>()
  return {
    arm(instanceId, eventId, fireAt, callback) {
      const own = armed.get(instanceId) ?? new Map<number, () => void>()
      armed.set(instanceId, own)
      if (own.has(eventId)) return
      const fire = (): void => {
        own.delete(eventId)
        callback()
      }
      own.set(eventId, queue.add(fireAt, fire))
    },
    cancel(instanceId) {
      for (const cancelTimer of armed.get(instanceId)?.values() ?? []) cancelTimer()
      armed.delete(instanceId)
    },
    clear() {
      queue.clear()
      armed.clear()
    },
  }
}
