/** Events on their way to instances: results of tasks, fired timers, messages that are in the store already. */

import { EventType, historyEvent } from "../protocol/events.ts"
import type { Store } from "../store/store.ts"
import type { Lifecycle } from "./lifecycle.ts"
import { type Arrived, accepts, isTaskResult, type Live } from "./live.ts"
import type { LiveInstances } from "./live-instances.ts"
import { storeMessage } from "./messages.ts"
import { originalExecution } from "./rewind.ts"

export type FiredTimer = { instanceId: string; executionId: string; eventId: number; fireAt: number }

export type Delivery = ReturnType<typeof createDelivery>

/** Delivery to the instances of one task hub; `kick` lets an instance that got something move. */
export function createDelivery(options: {
  store: Store
  lifecycle: Lifecycle
  lives: LiveInstances
  kick(live: Live): void
}) {
  const { store, lifecycle, lives, kick } = options

  function push(live: Live, arrived: Arrived): void {
    if (!accepts(live, arrived)) return
    live.inbox.push(arrived)
    if (live.instance.status === "Suspended" || lifecycle.draining()) saveUnread(live, arrived)
    kick(live)
  }

  function saveUnread(live: Live, arrived: Arrived): void {
    if (arrived.messageId !== undefined || !isTaskResult(arrived.event)) return
    lifecycle.track(
      store.commit((writer) => {
        arrived.messageId = storeMessage(writer, live.instance.id, arrived).messageId as number
      }),
    )
  }

  function stored(instanceId: string, arrived: Arrived): void {
    if (lifecycle.draining()) return
    const live = lives.get(instanceId)
    if (live) push(live, arrived)
    else {
      const loaded = lives.obtain(instanceId)
      if (loaded) kick(loaded)
    }
  }

  return {
    /** Stores a result that no episode takes soon. */
    saveUnread,

    /** Hands over an event that is in the store already: an instance that is not in memory finds it there. */
    stored,

    /** Hands over the result of a task. */
    async result(instanceId: string, arrived: Arrived): Promise<void> {
      const live = lives.get(instanceId)
      if (live) {
        push(live, arrived)
        return
      }
      // Not in memory: it failed, and a rewind may want the result, or it was rewound this very moment.
      const instance = store.instance(instanceId)
      if (!instance || instance.status === "Completed" || instance.status === "Terminated") return
      if (originalExecution(instance.executionId) !== originalExecution(arrived.executionId as string)) return
      stored(instanceId, await store.commit((writer) => storeMessage(writer, instanceId, arrived)))
    },

    /** Hands over a timer that fired. */
    fired({ instanceId, executionId, eventId, fireAt }: FiredTimer): void {
      const current = lives.get(instanceId)
      if (!current) {
        // Reading the instance arms the timer again, and this time the instance is there.
        lives.obtain(instanceId)
        return
      }
      const event = historyEvent(EventType.TimerFired, new Date().toISOString(), {
        TimerId: eventId,
        FireAt: new Date(fireAt).toISOString(),
      })
      push(current, { event, executionId })
    },
  }
}
