/** Which instance may take its next step: one step of an instance at a time, and not too many instances at once. */

import { setTimeout as delay } from "node:timers/promises"
import type { Logger } from "../../contract.ts"
import type { Slots } from "../tasks/slots.ts"
import type { Lifecycle } from "./lifecycle.ts"
import { hasWork, type Live } from "./live.ts"
import type { LiveInstances } from "./live-instances.ts"

/** Pause before a step that threw is tried again, in milliseconds. */
const retryInterval = 1000

export type Scheduler = {
  /** Lets the instance take its steps as soon as there is a slot, if it has any to take. */
  kick(live: Live): void
}

/** A scheduler whose instances move by `step`, which commits or throws. */
export function createScheduler(options: {
  log: Logger
  lifecycle: Lifecycle
  lives: LiveInstances
  slots: Slots
  step(live: Live): Promise<void>
}): Scheduler {
  const { log, lifecycle, lives, slots } = options

  function kick(live: Live): void {
    if (lifecycle.draining() || live.busy || !lives.isCurrent(live) || !hasWork(live)) return
    live.busy = true
    lifecycle.track(slots.run(() => work(live)))
  }

  async function work(live: Live): Promise<void> {
    try {
      while (!lifecycle.draining() && lives.isCurrent(live) && hasWork(live)) await options.step(live)
    } catch (error) {
      if (!lifecycle.draining()) await tryAgain(live, error as Error)
      return
    } finally {
      live.busy = false
    }
    if (lives.isCurrent(live)) kick(live)
    lives.evictIdle()
  }

  /** Nothing of the step was committed. Forgets what is in memory and begins again from the store. */
  async function tryAgain(live: Live, error: Error): Promise<void> {
    const { id } = live.instance
    log.log("error", `Durable Functions: instance '${id}' is tried again: ${error.stack}`)
    if (lives.isCurrent(live)) lives.remove(id)
    await delay(retryInterval)
    const again = lifecycle.draining() ? undefined : lives.obtain(id)
    if (again) kick(again)
  }

  return { kick }
}
