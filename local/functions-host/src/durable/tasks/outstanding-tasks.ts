/** Activities that run and timers that are set: what the history of an instance scheduled and has no result of. */

import { type HostRuntime, WorkerGoneError } from "../../contract.ts"
import type { DurableConfig } from "../config.ts"
import type { Delivery } from "../engine/delivery.ts"
import type { Lifecycle } from "../engine/lifecycle.ts"
import { flightKey, type Live } from "../engine/live.ts"
import type { DurableFunctions } from "../functions.ts"
import { completedTaskId, EventType, type HistoryEvent } from "../protocol/events.ts"
import { type ActivityTask, runActivity } from "./activity.ts"
import { faultPoints } from "./fault-points.ts"
import { createInstanceTimers } from "./instance-timers.ts"
import { createSlots } from "./slots.ts"
import { withWorker } from "./worker-call.ts"

export type OutstandingTasks = ReturnType<typeof createOutstandingTasks>

/** The outstanding tasks of one task hub. While the engine drains, no activity begins and none is run again. */
export function createOutstandingTasks(options: {
  host: HostRuntime
  config: DurableConfig
  functions: DurableFunctions
  lifecycle: Lifecycle
  delivery: Delivery
}) {
  const { host, functions, lifecycle, delivery } = options
  const timers = createInstanceTimers()
  const activities = createSlots(options.config.maxConcurrentActivityFunctions)
  const inFlight = new Set<string>()
  const reach = faultPoints(host.settings.get("ESHOP_FAULT_POINTS"))

  function startActivity(live: Live, eventId: number, name: string, input: string): void {
    const { id: instanceId, executionId } = live.instance
    live.activities++
    const flight = flightKey(live.instance, eventId)
    inFlight.add(flight)
    const task: ActivityTask = { instanceId, eventId, name, input }
    const done = activities.run(() => run(task))
    lifecycle.track(
      done.then(async (event) => {
        live.activities--
        if (event && !lifecycle.stopped()) await delivery.result(instanceId, { event, executionId })
        inFlight.delete(flight)
      }),
    )
  }

  /** Nothing when the host stops first: the activity runs again at the next start. */
  async function run(task: ActivityTask): Promise<HistoryEvent | undefined> {
    if (lifecycle.draining()) return undefined
    try {
      await reach("before", task)
      const event = await withWorker(
        () => runActivity(host, functions.activity(task.name), task),
        lifecycle.draining,
      )
      await reach("after", task)
      return event
    } catch (error) {
      if (error instanceof WorkerGoneError) return undefined
      throw error
    }
  }

  function armTimer(live: Live, eventId: number, fireAt: number): void {
    const { id: instanceId, executionId } = live.instance
    timers.arm(instanceId, eventId, fireAt, () =>
      delivery.fired({ instanceId, executionId, eventId, fireAt }),
    )
  }

  return {
    startActivity,
    armTimer,

    /** Starts what the history scheduled and what has no result yet. */
    startOutstanding(live: Live): void {
      const done = new Set<number>()
      for (const event of [...live.history, ...live.inbox.map((arrived) => arrived.event)]) {
        const id = completedTaskId(event)
        if (id !== undefined) done.add(id)
      }
      for (const event of live.history) {
        if (done.has(event.EventId)) continue
        if (event.EventType === EventType.TaskScheduled) {
          // After a rewind it may still be running from before.
          if (!inFlight.has(flightKey(live.instance, event.EventId)))
            startActivity(live, event.EventId, event.Name as string, event.Input as string)
        } else if (event.EventType === EventType.TimerCreated) {
          armTimer(live, event.EventId, Date.parse(event.FireAt as string))
        }
      }
    },

    cancelTimers(instanceId: string): void {
      timers.cancel(instanceId)
    },

    clearTimers(): void {
      timers.clear()
    },
  }
}
